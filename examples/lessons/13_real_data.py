"""
13. Real data
=============

Artificial data are plentiful, and their numbers are about 1. A table of measurements is often different. And it raises a
question: how good will the network be with examples that nobody has measured yet? This lesson goes the whole way, from a
table in a file to a trained network in another file.

*What you learn:* how to read a table; how to put examples aside for a test, and why; how to scale inputs; how to choose a
learning rate with validation data; how to separate three classes with softmax; how to read a confusion matrix; how to save and
load a network.
"""

# %%
# The table
# ---------
#
# In 1936, R. A. Fisher published measurements of 150 irises, which E. Anderson had taken: length and width of the sepals and
# petals, in centimetres, for 50 flowers of each of three species. The file is ``examples/iris.csv`` in pynn's repository. If
# you run this lesson elsewhere, put the file beside it. ``load_csv`` reads the names from the first line and the target from
# the column ``species``. The names of the species become the numbers 0, 1, 2.
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import pynn
from pynn.datasets import split
from pynn.translation import _  # puts the words of this lesson into your language

here = Path(globals().get("__file__", "lesson")).resolve()          # a notebook has no file
folders = [*here.parents, Path.cwd(), *Path.cwd().parents]
found = [folder / "examples" / "iris.csv" for folder in folders]
path = next((path for path in found if path.exists()), Path("iris.csv"))
table = pynn.datasets.load_csv(path, target="species")
print(", ".join(table.feature_names), "->", ", ".join(table.label_names))
for i in (0, 50, 100):
    print(_("flower {i:3}: {features} -> {y}, {name}",
            i=i, features=table.X[i], y=table.y[i], name=table.label_names[table.y[i]]))

# %%
# The test set comes first
# ------------------------
#
# The network should name flowers that it has never seen. So we put 30 flowers aside now, the test set. Neither the network
# nor we look at them until the end. Of the other 120, we take 30 for validation: to compare networks with one another. (We
# must not use the test set for this, because the best of many networks on the same flowers is partly the luckiest.) The file
# is sorted by species, and ``split`` mixes it. With ``stratify``, each part has the same share of each species. By pure
# chance it would not:
X_rest, X_test, y_rest, y_test = split(table.X, table.y, test_size=30, stratify=True, rng=0)
X_train, X_val, y_train, y_val = split(X_rest, y_rest, test_size=30, stratify=True, rng=0)
y_chance = split(table.X, table.y, test_size=30, rng=0)[3]
parts = {
    _("train           "): y_train,
    _("validation      "): y_val,
    _("test            "): y_test,
    _("test, by chance "): y_chance,
}
for name, y in parts.items():
    print(_("{name} {number:3} flowers, per species {counts}", name=name, number=len(y), counts=np.bincount(y)))

# %%
# Look at it
# ----------
#
# A picture can show two of the four features. These are the petals of the training flowers: one species is separate, and the
# other two touch.
ax = pynn.plot.dataset(X_train[:, 2:], y_train, label_names=table.label_names)
ax.set(title=_("Petals of 90 irises"), xlabel=_("petal length, cm"), ylabel=_("petal width, cm"))

# %%
# Scaling
# -------
#
# A network knows nothing of units such as centimetres. The inputs are factors of the gradient dW[1], so a column of large
# numbers has large gradients, and the valley of lesson 11 becomes narrower. In centimetres, all four columns happen to have a
# similar size. With one of them in millimetres, the same training fails.
#
# ``pynn.Standardizer`` subtracts from every feature its mean and divides by its standard deviation, so the unit does not
# matter any more. As a part of the network, it does this with every X that the network gets. Mean and standard deviation come
# from the training set only, because the validation and test flowers are supposed to be unknown.
in_mm = np.array([10, 1, 1, 1])         # the sepal length
for units, factor in (("cm", np.ones(4)), ("mm", in_mm)):
    for scaled in (False, True):
        net = pynn.Network([4, 16, 3], rng=1)
        if scaled:
            net.standardizer = pynn.Standardizer.fit(X_train * factor)
        net.fit(X_train * factor, y_train, epochs=100, learning_rate=0.1)
        result = net.evaluate(X_val * factor, y_val)
        print(_("sepal length in {units}, {scaled} validation loss {loss:.3f}, accuracy {accuracy:.3f}",
                units=units, scaled=_("scaled:    ") if scaled else _("not scaled:"), **result))

# %%
# In centimetres, the training goes well in both cases. The loss of 1.099 is log 3: the network gives each species the
# probability ⅓, whatever the flower. All 16 hidden units have died (lesson 8), because with such large inputs the steps were
# far too long. ``diagnose`` knows the reason even before the training:
print(pynn.diagnose(pynn.Network([4, 16, 3], rng=1), X_train * in_mm, y_train))

# %%
# A network for three classes
# ---------------------------
#
# The output layer has a unit for each class, with softmax and the categorical cross-entropy of lesson 4. These are the
# defaults of ``Network`` for several output units. The names make the results readable, and they stay with the network.


def new_network(X):
    net = pynn.Network([4, 16, 3], rng=0)
    net.standardizer = pynn.Standardizer.fit(X)
    net.feature_names, net.label_names = table.feature_names, table.label_names
    return net


print(new_network(X_train).summary())

# %%
# For a first learning rate, ``find_learning_rate`` trains a copy for a few steps with a growing α, until the loss shoots up.
# It suggests a tenth of the α at which the loss was least (lesson 6). This is a start. The validation set decides between
# this α, a smaller and a larger one.
found = pynn.find_learning_rate(new_network(X_train), X_train, y_train)
pynn.plot.range_test(found)
results = {}
for alpha in (found.suggestion / 3, found.suggestion, 3 * found.suggestion):
    net = new_network(X_train)
    net.fit(X_train, y_train, epochs=100, learning_rate=alpha)
    results[alpha] = net.evaluate(X_val, y_val)
    print(_("alpha = {alpha:.3f}: validation loss {loss:.3f}, accuracy {accuracy:.3f}",
            alpha=alpha, **results[alpha]))
alpha = min(results, key=lambda alpha: results[alpha]["loss"])
print(_("chosen: {alpha:.3f}", alpha=alpha))

# %%
# All three are good. We take the one with the lowest validation loss. The validation flowers are not needed any more, so the
# final network learns from them too, 120 flowers in all.
net = new_network(X_rest)
net.fit(X_rest, y_rest, epochs=100, learning_rate=alpha)

# %%
# The test
# --------
#
# Now we use the test set, once. The confusion matrix counts the flowers by their species (the row) and by the network's
# answer (the column). On the diagonal, the network is right.
predicted = net.predict(X_test)
confusion = np.zeros((3, 3), int)
np.add.at(confusion, (y_test, predicted), 1)
print(_("answer:   "), "".join(f"{name:>12}" for name in net.label_names))
for name, row in zip(net.label_names, confusion, strict=True):
    print(f"{name:10}", "".join(f"{count:12}" for count in row))
print(_("accuracy {accuracy:.3f}", accuracy=net.score(X_test, y_test)))
for x, y, p in zip(X_test, y_test, net.predict_proba(X_test), strict=True):
    if p.argmax() != y:
        print(_("wrong: {x}, a {name}, gets the probabilities {probabilities}",
                x=x, name=net.label_names[y], probabilities=p.round(3)))

# %%
# All ten setosa are right. The mistake is between versicolor and virginica, which touch in the picture of the petals. Do not
# trust the accuracy too much: among 30 flowers, a single one is 3 %, and other test flowers would have given another number
# (exercise 2).
#
# Single flowers
# --------------
#
# ``predict_proba`` says how sure the network is. Here are three flowers: a typical setosa, a flower from the region where the
# other two species touch, and a monster.
flowers = {
    _("typical setosa "): [5.0, 3.4, 1.5, 0.2],
    _("on the border  "): [6.0, 2.9, 4.9, 1.6],
    _("20 cm all over "): [20, 20, 20, 20],
}
print(_("probability of "), "".join(f"{name:>12}" for name in net.label_names))
for name, p in zip(flowers, net.predict_proba(list(flowers.values())), strict=True):
    print(name, "".join(f"{share:12.3f}" for share in p))

# %%
# The network is unsure about the second flower, and it should be. But it is sure about the third, although it has never seen
# anything like it. The probabilities are meaningful for flowers that are similar to the training flowers, and meaningless far
# away from them. You must check yourself whether the inputs make sense.
#
# The picture shows the answers for the two petal features, with the sepals at their means. The deeper the colour, the surer
# the network. The dots are the 120 flowers. Their own sepals are not exactly at the mean, so a dot near a border may be on
# the wrong side in the picture only.
figure, ax = plt.subplots(figsize=(8, 5), layout="constrained")
pynn.plot.decision_surface(net, X_rest, y_rest, ax=ax, features=(2, 3),
                           held=X_rest.mean(axis=0))
ax.set(xlabel=_("petal length, cm"), ylabel=_("petal width, cm"))

# %%
# Save and load
# -------------
#
# ``save`` writes everything that belongs to the network into one file: the parameters, the standardizer, the names, and the
# state of the training, so that it can go on later. ``load`` reads the file. Here the file is in a temporary folder, which is
# deleted afterwards.
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "iris.npz")
    net.save(path)
    print(_("{file}: {size} bytes", file=path.name, size=path.stat().st_size))
    loaded = pynn.load(path)
print(_("the same answers:"), np.array_equal(loaded(X_test), net(X_test)))
print(_("names:"), ", ".join(loaded.label_names))
plt.show()

# %%
# You can do all of this without a program. On the command line,
# ``pynn train examples/iris.csv --target species --out iris.npz`` reads a table, scales, trains and saves, and
# ``pynn predict`` answers. And ``pynn.NetworkClassifier`` is an estimator for scikit-learn, a library for machine learning,
# with its searches and cross-validation.
#
# Exercises
# ---------
#
# 1. Which features does the network need? Train with the columns ``[0, 1]`` of ``X_train``, the sepals, then with ``[2, 3]``,
#    the petals, then with all four. Compare the validation accuracies.
# 2. Put the steps from ``split`` to ``score`` into a function of a seed for ``split``, without the search for α. Call it for
#    20 seeds. Between which numbers does the test accuracy vary, and what is its mean? What would you write in a report?
# 3. Run ``pynn train examples/iris.csv --target species --validation-split 0.2 --out iris.npz`` in a terminal, in the root
#    folder of the repository, and load ``iris.npz`` in Python. Find out from the network what the command chose for you: the
#    layers, the scaling, the optimiser and its α, the number of epochs. What does ``pynn train --help`` let you choose?
#
# *In the playground:* ``pynn playground --lesson 13`` opens a setting for this lesson. Drop a CSV file of your own on the
# page. Choose the target column, and look at the confusion matrix.
#
# Answers: docs/answers/13_real_data.md
