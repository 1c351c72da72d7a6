"""Finds texts by words: BM25 over a few thousand short texts, in both languages, without a dictionary.

The weights are those of Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the
usual k1 and b; the logarithm has one added, so that a word that most texts have still counts for a little.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import log

_K1, _B = 1.2, 0.75
# Han, kana and Hangul have no spaces between words.
_DENSE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUNS = re.compile(rf"[{_DENSE}]+|[^\W_{_DENSE}]+(?:['’][^\W_{_DENSE}]+)?")
_VOWEL = re.compile("[aeiouy]")
_SHORT, _LEAST_STEM = 3, 3


def words_of(text: str) -> Iterator[str]:
    """Cut a text into words: lower-cased and without endings; dense scripts as pairs of characters, a lone one as itself."""
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if not is_dense(run):
            yield stem(run)
        elif len(run) == 1:
            yield run
        else:
            yield from (run[at : at + 2] for at in range(len(run) - 1))


def is_dense(run: str) -> bool:
    """Tell whether a run of characters is of a script that has no spaces."""
    return bool(re.match(f"[{_DENSE}]", run))


def stem(word: str) -> str:
    """Cut the endings of plurals and verbs, so that all forms of an English word come out alike, if not as a word."""
    word = word.replace("’", "'").removesuffix("'s")
    if len(word) <= _SHORT or not word.isascii():
        return word
    if word.endswith(("ies", "ied")) and len(word) > _SHORT + 1:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return _without_e(_without_verb_ending(word))


class Words:
    """The words of some texts, and how much each weighs where."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(words_of(text)) for text in texts]
        lengths = [sum(each.values()) for each in counts]
        mean = sum(lengths) / len(lengths) if any(lengths) else 1.0
        having = Counter(word for each in counts for word in each)
        self._weights: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, each in enumerate(counts):
            norm = _K1 * (1 - _B + _B * lengths[at] / mean)
            for word, count in each.items():
                rarity = log(1 + (len(texts) - having[word] + 0.5) / (having[word] + 0.5))
                self._weights[word].append((at, rarity * count * (_K1 + 1) / (count + norm)))

    def scores(self, text: str) -> dict[int, float]:
        """Score each text that shares a word with this one, by its place."""
        found: dict[int, float] = defaultdict(float)
        for word in dict.fromkeys(known for said in words_of(text) for known in self._known(said)):
            for at, weight in self._weights[word]:
                found[at] += weight
        return dict(found)

    def _known(self, word: str) -> Sequence[str]:
        """Give the words that are meant: a lone character of a dense script is looked for in every pair."""
        if len(word) == 1 and is_dense(word):
            return [known for known in self._weights if word in known]
        return [word] if word in self._weights else []


def _without_verb_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        cut = word.removesuffix(ending)
        if cut != word and len(cut) >= _LEAST_STEM and _VOWEL.search(cut) and not word.endswith("eed"):
            return cut[:-1] if cut[-1] == cut[-2] and cut[-1] not in "lsz" else cut
    return word


def _without_e(word: str) -> str:
    return word[:-1] if word.endswith("e") and len(word) > _SHORT else word
