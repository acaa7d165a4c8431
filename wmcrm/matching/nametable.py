"""Distinct names as numbers of distinct words, so that nothing about a word is worked out twice."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, chain, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching.keys import username_form
from wmcrm.matching.scripts import Writing, skeletons
from wmcrm.matching.tokens import NameTokens, Token, name_of, read_name, token_of, uncounted_words, visible

Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]
_FIRST_UNSPACED = "㐀"  # from here on a name may be written in one word


@dataclass(frozen=True)
class Names:
    """Names by number: name `n` is made of `words[w]` for each `w` in `flat[starts[n] : starts[n + 1]]`."""

    texts: Sequence[str]
    words: Sequence[Token]
    latin: Sequence[str]  # of each word
    flat: Ints
    starts: Ints
    handle: Flags
    joined: Sequence[str]  # all words of each name in one

    @property
    def sizes(self) -> Ints:
        """How many words each name has."""
        return np.diff(self.starts)

    def tokens(self, number: int) -> NameTokens:
        """The tokens of one name."""
        ids = self.flat[self.starts[number] : self.starts[number + 1]].tolist()
        return name_of([self.words[w] for w in ids], bool(self.handle[number]))

    def latin_of(self, number: int) -> tuple[str, ...]:
        """The words of one name in Latin letters."""
        return tuple([self.latin[w] for w in self.flat[self.starts[number] : self.starts[number + 1]].tolist()])

    def words_of(self, numbers: Ints) -> Ints:
        """The words of some names, by number, one name after the other."""
        starts, sizes = self.starts[numbers], self.sizes[numbers]
        ends = np.cumsum(sizes)
        within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        words: Ints = self.flat[np.repeat(starts, sizes) + within]
        return words

    @cached_property
    def letters(self) -> list[str]:
        """The words of each name in the order of the alphabet, in one."""
        latin, flat, starts = self.latin, self.flat.tolist(), self.starts.tolist()
        return ["".join(sorted([latin[w] for w in flat[start:end]])) for start, end in pairwise(starts)]

    @cached_property
    def as_usernames(self) -> list[str]:
        """Each name in the form in which usernames are compared."""
        return [
            joined if text.isascii() and text.replace(" ", "").lower() == joined else username_form(text)
            for text, joined in zip(self.texts, self.joined, strict=True)
        ]


@dataclass(slots=True)
class NameTable:
    """Distinct names in the order met, each read once; grows."""

    texts: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    words: list[Token] = field(default_factory=list)
    flat: array[int] = field(default_factory=lambda: array("i"))
    sizes: array[int] = field(default_factory=lambda: array("i"))
    handles: set[int] = field(default_factory=set)  # names that look like a username
    joined: list[str] = field(default_factory=list)
    _word_numbers: dict[Token, int] = field(default_factory=dict)
    _plain: dict[str, int] = field(default_factory=dict)  # words as written that are one token wherever they stand

    def numbered(self, texts: Iterable[str]) -> list[int]:
        """The number of each name, newly given where it is new; -1 for the empty text."""
        numbers, before = self.numbers, len(self.numbers)
        found = [numbers.setdefault(text, len(numbers)) if text else -1 for text in texts]
        self._read(list(islice(numbers, before, None)))
        return found

    def _read(self, texts: list[str]) -> None:
        written = [(text if text.isascii() else visible(text)).split() for text in texts]
        words = list(chain.from_iterable(written))
        self._learn(set(words).difference(self._plain))
        ids, sizes = array("i", map(self._plain.__getitem__, words)), array("i", map(len, written))
        joined = ["".join(parts).lower() for parts in written]
        starts, done = [0, *accumulate(sizes)], 0
        for place in _not_plain(texts, sizes, ids):
            numbers = ids[starts[place] : starts[place + 1]]
            if -1 in numbers or not numbers:
                numbers = self._spelled_out(texts[place], len(self.texts) + place)
            self.flat.extend(ids[done : starts[place]])
            self.flat.extend(numbers)
            done, sizes[place] = starts[place + 1], len(numbers)
            joined[place] = "".join([self.words[number].latin for number in numbers])
        self.flat.extend(ids[done:])
        self.sizes.extend(sizes)
        self.joined += joined
        self.texts += texts

    def _spelled_out(self, text: str, number: int) -> array[int]:
        """The words of a name that has to be looked at as a whole."""
        name = read_name(text, token_of)
        if name.is_handle:
            self.handles.add(number)
        return array("i", map(self._numbered, name.tokens))

    def _learn(self, words: set[str]) -> None:
        """Number new words; those that may have to be split or left out, by where they stand, get -1."""
        self._plain.update(dict.fromkeys(words, -1))
        known = uncounted_words()
        simple = [word for word in words if word.isascii() and word.isalpha() and word.lower() not in known]
        latin = [word.lower() for word in simple]
        for word, low, bones in zip(simple, latin, skeletons(latin), strict=True):
            self._plain[word] = self._numbered(Token(low, Writing.LATIN, bones, low))
        for word in words:
            if not word.isascii() and word.isalpha() and word[0] < _FIRST_UNSPACED:
                token = token_of(word)
                if token.latin not in known:
                    self._plain[word] = self._numbered(token)

    def _numbered(self, token: Token) -> int:
        found = self._word_numbers.get(token)
        if found is None:
            found = self._word_numbers[token] = len(self.words)
            self.words.append(token)
        return found

    def frozen(self) -> Names:
        """All names so far as arrays."""
        starts = np.zeros(len(self.sizes) + 1, dtype=np.int32)
        np.cumsum(np.array(self.sizes, dtype=np.int32), out=starts[1:])
        return Names(
            self.texts,
            self.words,
            [token.latin for token in self.words],
            np.array(self.flat, dtype=np.int32),
            starts,
            np.isin(np.arange(len(self.sizes)), list(self.handles)),
            self.joined,
        )


def _not_plain(texts: Sequence[str], sizes: array[int], ids: array[int]) -> list[int]:
    """The places of names with a word without a number, without words, or in other letters than ASCII."""
    owners = np.repeat(np.arange(len(sizes)), sizes)
    unknown = owners[np.array(ids, dtype=np.int32) < 0]
    foreign = np.flatnonzero([not text.isascii() for text in texts])
    places: list[int] = np.unique(np.concatenate([unknown, foreign, np.flatnonzero(np.array(sizes) == 0)])).tolist()
    return places
