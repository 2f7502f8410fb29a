"""Make the relative links of a README absolute, since the package index knows no files beside it.

    python .github/absolute_links.py https://HOST/OWNER/REPOSITORY TAG README.md
"""
from __future__ import annotations

import re
import sys
from pathlib import Path

RELATIVE = r"(?!\w+:|#|/)"
PICTURE = re.compile(rf"""((?:!\[[^\]]*\]\(|<img src="))({RELATIVE}[^)"]+)""")
LINK = re.compile(rf"(\]\()({RELATIVE}[^)]+)")


def absolute(text: str, repository: str, tag: str) -> str:
    """The text with its pictures under raw/ and its other relative links under blob/."""
    text = PICTURE.sub(rf"\1{repository}/raw/{tag}/\2", text)
    return LINK.sub(rf"\1{repository}/blob/{tag}/\2", text)


if __name__ == "__main__":
    repository, tag, name = sys.argv[1:]
    path = Path(name)
    path.write_text(absolute(path.read_text(encoding="utf-8"), repository, tag), encoding="utf-8")
