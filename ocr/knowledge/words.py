"""Words of closed lists: a misread one is put right where one word alone comes near."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ocr.knowledge.correction import DOUBTFUL_MARK, Corrected

_ALIKE: Mapping[str, str] = {
    "汉": "汊叹仅汶权双汗",
    "回": "囬囗囘因同",
    "满": "潢瞒漏滿",
    "苗": "茁笛亩",
    "壮": "状妆壯",
    "藏": "臧蔵",
    "彝": "彜弊",
    "瑶": "摇遥谣瑤",
    "白": "臼自日",
    "傣": "倲僚",
    "黎": "藜犁",
    "侗": "伺桐恫",
    "畲": "畬舍",
    "水": "氷木永",
    "土": "士上",
    "羌": "差姜",
    "怒": "恕努",
    "京": "亰哀",
    "男": "界舅勇",
    "女": "文攵",
    "夫": "天失矢",
    "妻": "凄萋姜",
    "子": "孑予于",
    "父": "交夂爻",
    "母": "毋毌每",
    "弟": "第",
    "兄": "克只",
    "姐": "妲",
    "妹": "妺昧",
}
"""For a word of one character, what it is misread as; anything else could be any word."""


def nearest(text: str, words: Collection[str], *, marks: Sequence[float] = ()) -> Corrected:
    """Return the only word that `text` can be, or `text` itself when none or several can.

    A word may have one character misread, one lost or one too many of three or more (two of eight or more); a
    word of two characters one misread; a word of one character only what looks like it. A character the
    engine was sure of is not exchanged.
    """
    if not text or text in words:
        return Corrected(text)
    doubtful = [mark < DOUBTFUL_MARK for mark in marks] if len(marks) == len(text) else [True] * len(text)
    near = [(word, cost) for word in words if (cost := _cost(text, word, doubtful))]
    fewest = min((cost for _, cost in near), default=0)
    closest = [word for word, cost in near if cost == fewest]
    return Corrected(closest[0], fewest) if len(closest) == 1 else Corrected(text)


def edits(one: str, other: str) -> int:
    """Return how many characters must be exchanged, lost or added to make `one` into `other`."""
    row = list(range(len(other) + 1))
    for place, character in enumerate(one, 1):
        diagonal, row[0] = row[0], place
        for column, wanted in enumerate(other, 1):
            diagonal, row[column] = (
                row[column],
                min(diagonal + (character != wanted), row[column] + 1, row[column - 1] + 1),
            )
    return row[-1]


def _cost(text: str, word: str, doubtful: Sequence[bool]) -> int:
    """Return how far the word is, 0 when it cannot be meant."""
    if len(word) == 1:
        return int(len(text) == 1 and text in _ALIKE.get(word, "") and doubtful[0])
    if len(text) == len(word):
        places = [place for place, (was, now) in enumerate(zip(text, word, strict=True)) if was != now]
        is_near = len(places) <= _allowed(word) and all(doubtful[place] for place in places)
        return len(places) if is_near else 0
    if len(word) < 3 or abs(len(text) - len(word)) > _allowed(word) or not any(doubtful):
        return 0
    distance = edits(text, word)
    return distance if distance <= _allowed(word) else 0


def _allowed(word: str) -> int:
    return 2 if len(word) >= 8 else 1
