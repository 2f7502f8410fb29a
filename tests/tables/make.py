"""Make the ten tables of this folder, of the kinds that users have.

    python -m tests.tables.make

Each has a relation that a small network finds, with noise, and what such files usually have: text, True and False, missing
cells, decimal commas, other delimiters and encodings, comments, an index.
"""
from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
M = 240         # rows


def lines(header: Sequence[str] | None, rows: Sequence[Sequence[Any]], delimiter: str = ",", end: str = "") -> str:
    """A header and rows as text."""
    all_rows = rows if header is None else [header, *rows]
    return "".join(delimiter.join(map(str, row)) + end + "\n" for row in all_rows)


def some(rng: np.random.Generator, cells: Sequence[Any], share: float, missing: str = "") -> list[Any]:
    """The cells, of which a share is missing."""
    return [missing if gone else cell for cell, gone in zip(cells, rng.random(len(cells)) < share, strict=True)]


def houses(rng: np.random.Generator) -> bytes:
    """300 houses, prices around 400 000."""
    area, rooms = rng.uniform(40, 250, 300), rng.integers(1, 8, 300)
    price = 60_000 + 2_000 * area + 15_000 * rooms + rng.normal(0, 10_000, 300)
    return lines(["area", "rooms", "price"], [[f"{a:.1f}", r, f"{p:.0f}"] for a, r, p in zip(area, rooms, price, strict=True)]
                 ).encode()


def passengers(rng: np.random.Generator) -> bytes:
    """Names in quotes, missing ages, survived as 0 and 1."""
    sex, ticket = rng.choice(["male", "female"], M), rng.integers(1, 4, M)
    age, fare = rng.uniform(1, 80, M), rng.gamma(2, 20, M)
    survived = (2.5 * (sex == "female") - ticket + 0.01 * fare + rng.normal(0, 0.4, M) > -0.5).astype(int)
    rows = zip([f'"Passenger, No. {k}"' for k in range(M)], ticket, sex, some(rng, [f"{a:.0f}" for a in age], 0.2),
               [f"{f:.2f}" for f in fare], some(rng, rng.choice(["S", "C", "Q"], M), 0.05), survived, strict=True)
    return lines(["name", "class", "sex", "age", "fare", "embarked", "survived"], list(rows)).encode()


def weather(rng: np.random.Generator) -> bytes:
    """Tabs, a comment before the header, True and False."""
    humidity, pressure, wind = rng.uniform(20, 100, M), rng.normal(1013, 9, M), rng.choice(["N", "E", "S", "W"], M)
    today = rng.random(M) < 0.4
    tomorrow = 0.05 * (humidity - 60) - 0.1 * (pressure - 1013) + 1.5 * today + (wind == "W") + rng.normal(0, 0.4, M) > 0.8
    rows = zip([f"{h:.0f}" for h in humidity], [f"{p:.1f}" for p in pressure], wind, today, tomorrow, strict=True)
    return ("# station 10384, 2025\n" + lines(["humidity", "pressure", "wind", "rain today", "rain tomorrow"], list(rows), "\t")
            ).encode()


def wages(rng: np.random.Generator) -> bytes:
    """Semicolons, decimal commas, points between thousands."""
    years, hours, job = rng.uniform(0, 40, M), rng.uniform(10, 40, M), rng.choice(["Köchin", "Bäcker", "Lehrerin"], M)
    wage = hours * (30 + 0.8 * years + 12 * (job == "Lehrerin")) * 4 + rng.normal(0, 150, M)
    euro = [f"{w:,.2f}".translate(str.maketrans(",.", ".,")) for w in wage]
    years_text, hours_text = ([f"{value:.1f}".replace(".", ",") for value in column] for column in (years, hours))
    return lines(["Jahre", "Stunden", "Beruf", "Lohn"], list(zip(years_text, hours_text, job, euro, strict=True)), ";").encode()


def customers(rng: np.random.Generator) -> bytes:
    """UTF-16 with a byte order mark, as Excel saves it: tabs, text as the target."""
    months, plan = rng.integers(1, 72, M), rng.choice(["基本", "标准", "高级"], M)
    charge, paperless = rng.uniform(20, 120, M), rng.random(M) < 0.5
    left = 0.03 * (charge - 70) - 0.06 * (months - 36) + (plan == "基本") + 0.5 * paperless + rng.normal(0, 0.5, M) > 0.7
    rows = zip(range(1001, 1001 + M), months, plan, [f"{c:.2f}" for c in charge], paperless,
               np.where(left, "yes", "no"), strict=True)
    return lines(["客户", "月", "套餐", "费用", "paperless", "left"], list(rows), "\t").replace("\n", "\r\n").encode("utf-16")


def sensors(rng: np.random.Generator) -> bytes:
    """gzip, an index without a name, a trailing comma in every line, a row without values."""
    t, v = rng.normal(20, 8, M), rng.normal(0, 1, M)
    state = np.select([t > 26, v > 0.8], ["hot", "shaking"], "normal")
    rows = [[k, f"{a:.2f}", f"{b:.3f}", s] for k, (a, b, s) in enumerate(zip(t, v, state, strict=True))]
    rows.insert(100, ["", "", "", ""])
    return gzip.compress(lines(["", "temperature", "vibration", "state"], rows, end=",").encode(), mtime=0)


def parts(rng: np.random.Generator) -> bytes:
    """Codes as classes: 007 and 7 are two."""
    length, weight = rng.uniform(1, 9, M), rng.uniform(1, 9, M)
    code = np.select([length > weight + 1.5, weight > length + 1.5], ["007", "7"], "12")
    rows = [[f"{a:.2f}", f"{b:.2f}", c] for a, b, c in zip(length, weight, code, strict=True)]
    return lines(["length", "weight", "code"], rows).encode()


def survey(rng: np.random.Generator) -> bytes:
    """Vertical bars, Windows-1252, a rating from 1 to 4, empty answers."""
    age, distance, place = rng.integers(18, 80, M), rng.uniform(0, 30, M), rng.choice(["Orléans", "Nîmes", "Albi"], M)
    rating = np.clip(np.round(4.4 - 0.1 * distance - 0.7 * (place == "Albi") + rng.normal(0, 0.15, M)), 1, 4).astype(int)
    rows = zip(some(rng, age, 0.1), [f"{d:.1f}" for d in distance], some(rng, place, 0.02), rating, strict=True)
    return lines(["âge", "distance", "ville", "note"], list(rows), "|").encode("cp1252")


def stones(rng: np.random.Generator) -> bytes:
    """No line of names; numbers of very different size."""
    carat, depth, cut = rng.uniform(0.2, 2.5, M), rng.normal(61.7, 1.4, M), rng.choice(["fair", "good", "ideal"], M)
    price = 4e8 + 6e8 * carat + 9e7 * (cut == "ideal") + rng.normal(0, 4e7, M)
    return lines(None, [[f"{a:.2f}", f"{b:.1f}", c, f"{p:.0f}"] for a, b, c, p in zip(carat, depth, cut, price, strict=True)]
                 ).encode()


def energy(rng: np.random.Generator) -> bytes:
    """A byte order mark, dates, NA for missing, a column without values, blank lines at the end."""
    temperature, people, holiday = rng.normal(12, 8, M), rng.integers(0, 60, M), rng.random(M) < 0.15
    used = 900 - 22 * temperature + 9 * people - 120 * holiday + rng.normal(0, 30, M)
    days = np.datetime64("2025-01-01") + np.arange(M)
    rows = zip(days, some(rng, [f"{t:.1f}" for t in temperature], 0.05, "NA"), people, holiday, [""] * M,
               [f"{u:.1f}" for u in used], strict=True)
    return (lines(["day", "temperature", "people", "holiday", "remark", "used"], list(rows)) + "\n\n").encode("utf-8-sig")


TABLES = {"houses.csv": houses, "passengers.csv": passengers, "weather.tsv": weather, "wages.csv": wages,
          "customers.txt": customers, "sensors.csv.gz": sensors, "parts.csv": parts, "survey.txt": survey, "stones.csv": stones,
          "energy.csv": energy}


def made() -> dict[str, bytes]:
    """The content of every table by its name."""
    return {name: make(np.random.default_rng(number)) for number, (name, make) in enumerate(TABLES.items())}


if __name__ == "__main__":
    for name, content in made().items():
        (FOLDER / name).write_bytes(content)
