#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows that load.py finds what it is there to find: readers who have read too
much, too little, or in another order.  Exits 0, or 1 and says what was missed."""
import sys
from types import SimpleNamespace

from load import check


def reader(host, heard, late=(), acknowledged=(), wrong=(), here=True):
    return SimpleNamespace(
        name=f"{host}-reader", host=host, here=here, wrong=list(wrong),
        heard=lines(heard), late=lines(late), acknowledged=lines(acknowledged))


def lines(words):
    """x1 is line 1 of sender x."""
    return [(word[0], int(word[1:])) for word in words]


def verdict(*readers):
    return check(SimpleNamespace(clients=list(readers), earlier=[],
                                 first=list(readers)))


def main():
    said = ["x1", "y1", "x2"]
    right = {
        "the same": [reader("a", said, acknowledged=said),
                     reader("b", said)],
        "two late": [reader("a", said, acknowledged=said),
                     reader("b", ["y1"], ["x1", "x2"])],
        "each for itself, then late": [
            reader("a", ["x1", "x2"], ["y1"], ["x1", "x2"]),
            reader("b", ["y1"], ["x1", "x2"], ["y1"])],
        "whoever has gone": [reader("a", said, acknowledged=said),
                             reader("b", [], here=False)],
    }
    wrong = {
        "lost": [reader("a", said, acknowledged=said),
                 reader("b", said[:2])],
        "read by the sender alone": [
            reader("a", [], acknowledged=said), reader("b", [])],
        "not acknowledged, and read by some": [
            reader("a", said), reader("b", said[:2])],
        "twice": [reader("a", said), reader("b", said + ["x1"])],
        "twice, once late": [reader("a", said), reader("b", said, ["x1"])],
        "another order": [reader("a", said), reader("b", ["y1", "x1", "x2"])],
        "another order on the second and third": [
            reader("a", ["x1"], ["x2", "y1"]),
            reader("b", ["x1", "x2", "y1"]), reader("c", ["x1", "y1", "x2"])],
        "late out of order": [reader("a", said),
                              reader("b", ["y1"], ["x2", "x1"])],
        "a gap": [reader("a", said), reader("b", said, wrong=["* you missed"])],
        "acknowledged twice": [
            reader("a", said, acknowledged=["x1", "x1"]), reader("b", said)],
        "nobody": [reader("a", said, here=False)],
    }
    missed = [f"said to be wrong: {case}: {verdict(*readers)}"
              for case, readers in right.items() if verdict(*readers)]
    missed += [f"not found: {case}"
               for case, readers in wrong.items() if not verdict(*readers)]
    sys.exit("\n".join(missed) or 0)


if __name__ == "__main__":
    main()
