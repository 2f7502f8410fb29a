"""
17. Look into a stranger
========================

Most networks are not trained with pynn. But the equations are the same everywhere, so a network from another library can
come in. Then everything of the lessons before works on it: its equations in numbers, its units in pictures, and the
search for the reason why it does not learn.

*What you learn:* what has to be known of a network from elsewhere; how to check that it is the same network; how to find
out what its units do and why a training failed; how to continue a training here.
"""

# %%
# A network from scikit-learn
# ---------------------------
#
# scikit-learn has networks too, under the name of multi-layer perceptron. This one gets the moons in other units: the
# numbers of the first column are around 50 000. (If scikit-learn is missing: ``pip install scikit-learn``.)
import matplotlib.pyplot as plt
import numpy as np
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import pynn
from pynn.translation import _  # puts the words of this lesson into your language

X, y = pynn.datasets.moons(600, noise=0.2, rng=0)
X = X * [1000, 1] + [50_000, 0]
X_train, X_test, y_train, y_test = pynn.datasets.split(X, y, test_size=0.25, rng=0)

stranger = MLPClassifier([8, 8], max_iter=1000, random_state=0).fit(X_train, y_train)
print(_("accuracy {accuracy:.3f} after {epochs} epochs",
        accuracy=stranger.score(X_test, y_test), epochs=stranger.n_iter_))

# %%
# It stopped by itself after few epochs and has learned little. Why? scikit-learn does not tell.
#
# Bring it in
# -----------
#
# A network is known when its weights, its biases and its activations are known. ``from_sklearn`` takes them. The test is
# simple: the probabilities must be the same.
net = pynn.interop.from_sklearn(stranger)
print(net.summary())
difference = np.abs(net.predict_proba(X_test) - stranger.predict_proba(X_test)).max()
print(_("equal up to rounding:"), difference < 1e-12)

# %%
# ``coefs_`` of scikit-learn are the transposed W[l]: there a row belongs to an input, here a row belongs to a unit. Such
# details are the usual reason why a network that was copied by hand gives other results.
#
# Why does it not learn?
# ----------------------
#
# ``diagnose`` looks for the reasons of the lessons before, the most basic one first:
print(pynn.diagnose(net, X_train, y_train))

# %%
# The inputs are not scaled. This is the mistake of lesson 13. And what does a unit of this network see? The step-by-step
# page of one unit shows its numbers:
print(pynn.explain(net, X_train[0], y_train[0], layer=1, unit=1))

# %%
# One input is 50 000 times as large as the other. So z depends on the first input only, whatever the second weight is.
#
# A second stranger
# -----------------
#
# The usual remedy in scikit-learn is a pipeline with a scaler. The scaler comes in as the network's standardizer.
mlp = MLPClassifier([8, 8], learning_rate_init=0.02, max_iter=2000, random_state=0)
pipeline = make_pipeline(StandardScaler(), mlp)
pipeline.fit(X_train, y_train)
net = pynn.interop.from_sklearn(pipeline)
print(net.standardizer)
print(_("accuracy there {there:.3f}, here {here:.3f}",
        there=pipeline.score(X_test, y_test), here=net.score(X_test, y_test)))
print(pynn.diagnose(net, X_train, y_train))

# %%
# Now we can look at what it has learned. Each small picture is one unit: where on the plane it is active.
pynn.plot.unit_maps(net, X_train, y_train)

# %%
# In layer 1 each unit cuts the plane with a straight line. In layer 2 the lines become bends. The output puts them
# together (lesson 9). A map that is white everywhere belongs to a unit that is 0 for every example. It is dead
# (lesson 8): the network does without it, and nobody would have noticed.
#
# Continue its training
# ---------------------
#
# The weights came in, the optimiser's memory did not. So a further training starts with an empty memory, from a good
# point. With a penalty on large weights (lesson 10) the network of the stranger becomes smoother:
before = net.copy()
net.fit(X_train, y_train, epochs=200, batch_size=None, learning_rate=0.5, l2=0.01)
for name, one in ((_("as it came      "), before), (_("trained further "), net)):
    size = sum(float(np.sum(layer.W ** 2)) for layer in one)
    print(_("{name} sum of squared weights {size:6.1f}, test accuracy {accuracy:.3f}",
            name=name, size=size, accuracy=one.score(X_test, y_test)))
figure, axes = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained", sharey=True)
for ax, one, title in ((axes[0], before, _("as it came")), (axes[1], net, _("trained further, with l2"))):
    pynn.plot.decision_surface(one, X_test, y_test, ax=ax)
    ax.set_title(title)
plt.show()

# %%
# Networks from elsewhere
# -----------------------
#
# The page :doc:`Take a network out, or bring one in </export>` shows the same for PyTorch, Keras and files of
# safetensors. For everything else there are the arrays themselves. The network for exclusive or, which many books show,
# is written down in one line:
xor = pynn.interop.from_arrays([[[1, 1], [1, 1]], [[1, -2]]], [[0, -1], [0]],
                               activations=["relu", "linear"])
print(xor([[0, 0], [0, 1], [1, 0], [1, 1]]).ravel())

# %%
# Exercises
# ---------
#
# 1. Import the first stranger without ``from_sklearn``: give ``coefs_`` and ``intercepts_`` to
#    ``pynn.interop.from_arrays``. Which arguments are needed? Compare the probabilities.
# 2. What happens if you forget ``order="in,out"`` in exercise 1? Would you notice it with hidden layers of 2 units?
# 3. If you have PyTorch: build ``torch.nn.Sequential(Linear(2, 8), ReLU(), Linear(8, 1))`` and import it. Why does pynn
#    ask for ``output``?
#
# *In the playground:* ``pynn playground --lesson 17`` opens a setting for this lesson. Open a model file of your own, or call
# pynn.play(net, X, y), and ask 'Why not?'.
#
# Answers: docs/answers/17_look_into_a_stranger.md
