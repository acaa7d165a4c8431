"""How well two names agree, level by level: the comparison behind compatibility and scores."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA, Indel, JaroWinkler

from wmcrm.matching.cjk import BY_SOUND, latin_readings, readings_meet
from wmcrm.matching.scripts import Writing, variant_skeletons
from wmcrm.matching.tokens import NameTokens, Token, name_tokens, token_of
from wmcrm.matching.wordlists import nickname_groups


class NameLevel(IntEnum):
    """What two names have in common, from nothing to everything."""

    MISSING = 0  # one is empty
    OPAQUE = 1  # one is a username that shows no name
    INITIALS = 2  # nothing but initials agrees: it fits, and many others would
    DIFFERENT = 3
    ONE_ALIKE = 4  # one word agrees and another contradicts: a family, or chance
    FAMILY_CHANGED = 5  # the given name agrees, the family name is another: marriage, or chance
    LOOSE = 6  # similar letters on the whole, but more than one small typo apart
    HANDLE = 7  # a username made from the name
    PART = 8  # initials beside a whole word, or a given name alone
    DROPPED = 9  # a second given or family name left out
    ACROSS = 10  # another script
    NEAR = 11  # a typo or a nickname in a word
    ORDER = 12  # the same words in another order, or joined otherwise
    SAME = 13


class WordLevel(IntEnum):
    """How well two words of a name agree."""

    DIFFERENT = 0
    INITIAL = 1
    ACROSS = 2
    NEAR = 3
    EQUAL = 4


LOOSE_CUT = 0.82  # similarity of all letters from which two contradicting names are similar on the whole
_VOWELS = frozenset("aeiouy")


def _plain_umlauts(word: str) -> str:
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _is_gender_pair(a: str, b: str) -> bool:
    """Mario and Maria, Daniel and Daniela: two people of one family rather than a typo."""
    if len(a) != len(b):
        short, long = sorted((a, b), key=len)
        return long.startswith(short) and long[-1] in _VOWELS
    return a[:-1] == b[:-1] and a[-1] in _VOWELS and b[-1] in _VOWELS


def _is_typo(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < 4 or _is_gender_pair(a, b):
        return False
    return OSA.distance(a, b, score_cutoff=1) <= 1


def _across(a: Token, b: Token) -> bool:
    if a.writing in BY_SOUND or b.writing in BY_SOUND:
        return readings_meet(a, b)
    common = variant_skeletons(a.latin, a.bones) & variant_skeletons(b.latin, b.bones)
    if any(len(bones) > 1 for bones in common):
        return True
    if min(len(a.latin), len(b.latin)) > 3 and JaroWinkler.similarity(a.latin, b.latin) >= 0.88:
        return True
    return bool(common) and a.latin[0] == b.latin[0]


def _first_letters(token: Token) -> set[str]:
    return {latin[0] for latin in latin_readings(token)} if token.writing in BY_SOUND else {token.latin[0]}


def _is_slip(a: Token, b: Token) -> bool:
    """A typo; in short sounds of East Asian names another letter is another name (Feng, Deng)."""
    if (a.writing in BY_SOUND or b.writing in BY_SOUND) and min(len(a.latin), len(b.latin)) < 6:
        return False
    return _is_typo(a.latin, b.latin)


@lru_cache(maxsize=8192)
def word_level(a: Token, b: Token) -> WordLevel:
    """How well two words of a name agree; symmetric."""
    if a.writing is b.writing is Writing.HAN:
        return WordLevel.EQUAL if a.form == b.form else WordLevel.DIFFERENT
    if a.latin == b.latin or _plain_umlauts(a.latin) == _plain_umlauts(b.latin):
        return WordLevel.EQUAL
    if a.is_initial or b.is_initial:
        return WordLevel.INITIAL if _first_letters(a) & _first_letters(b) else WordLevel.DIFFERENT
    groups = nickname_groups()
    if groups.get(a.latin, frozenset()) & groups.get(b.latin, frozenset()) or _is_slip(a, b):
        return WordLevel.NEAR
    if a.writing is not b.writing and _across(a, b):
        return WordLevel.ACROSS
    return WordLevel.DIFFERENT


def _best_pairs(short: tuple[Token, ...], long: tuple[Token, ...]) -> list[tuple[int, int, WordLevel]]:
    """Each word of `short` with its own best partner in `long`, the surest pairs first."""
    found = [(word_level(x, y), i, j) for i, x in enumerate(short) for j, y in enumerate(long)]
    found.sort(key=lambda item: (-item[0], abs(item[1] - item[2])))
    taken: list[tuple[int, int, WordLevel]] = []
    used_short: set[int] = set()
    used_long: set[int] = set()
    for level, i, j in found:
        if level and i not in used_short and j not in used_long:
            taken.append((i, j, level))
            used_short.add(i)
            used_long.add(j)
    return taken


def _is_loose(a: Iterable[Token], b: Iterable[Token]) -> bool:
    one = "".join(sorted(token.latin for token in a))
    other = "".join(sorted(token.latin for token in b))
    return min(len(one), len(other)) > 6 and Indel.normalized_similarity(one, other) >= LOOSE_CUT


def _contradicting(
    short: tuple[Token, ...], long: tuple[Token, ...], pairs: Iterable[tuple[int, int, WordLevel]]
) -> NameLevel:
    if _is_loose(short, long):
        return NameLevel.LOOSE
    agreeing = [(i, j) for i, j, level in pairs if level > WordLevel.INITIAL]
    if (0, 0) in agreeing and len(short) > 1 and not {short[0].writing, long[0].writing} & BY_SOUND:
        return NameLevel.FAMILY_CHANGED
    return NameLevel.ONE_ALIKE if agreeing else NameLevel.DIFFERENT


def _of_words(a: tuple[Token, ...], b: tuple[Token, ...]) -> NameLevel:
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) == 2 and len(long) == 3 and short[0].writing in BY_SOUND:
        return max(_of_lists(short, long), *(_of_lists(short, pair) for pair in _as_two(long)))
    return _of_lists(short, long)


def _as_two(words: tuple[Token, ...]) -> tuple[tuple[Token, ...], ...]:
    """Three Latin words as a family name and a given name of two syllables (Kim Min Jun), either way."""
    one, two, three = words
    return ((one, token_of(two.latin + three.latin)), (token_of(one.latin + two.latin), three))


def _of_lists(short: tuple[Token, ...], long: tuple[Token, ...]) -> NameLevel:
    pairs = _best_pairs(short, long)
    levels = [level for _, _, level in pairs]
    if len(pairs) < len(short):
        return _contradicting(short, long, pairs)
    weakest = min(levels)
    if max(levels) is WordLevel.INITIAL:
        return NameLevel.INITIALS
    if len(short) == 1 and len(long) > 1:
        # A family name alone fits everyone at an address; a given name alone fits one of them.
        return NameLevel.PART if pairs[0][1] == 0 else NameLevel.ONE_ALIKE
    if weakest is WordLevel.INITIAL:
        return NameLevel.PART
    if len(short) < len(long):
        return NameLevel.DROPPED
    return _SAME_LENGTH[weakest]


_SAME_LENGTH = {
    WordLevel.ACROSS: NameLevel.ACROSS,
    WordLevel.NEAR: NameLevel.NEAR,
    WordLevel.EQUAL: NameLevel.ORDER,
}


def _joined_alike(a: NameTokens, b: NameTokens) -> bool:
    """Joined differently (Abd al-Rahman, Abdulrahman; 沈杰, 沈 杰), in either order."""
    if len(a.tokens) == len(b.tokens) or len(a.joined) < 4:
        return False
    return "".join(a.forms) in ("".join(b.forms), "".join((*b.forms[1:], *b.forms[:1])))


def _of_handle(handle: NameTokens, name: NameTokens) -> NameLevel:
    """A username in the place of a name: made from the name, from another name, or opaque."""
    if handle.joined == name.joined:
        return NameLevel.HANDLE
    whole = _of_words(handle.tokens, name.tokens)
    if whole > NameLevel.LOOSE:
        return NameLevel.HANDLE
    from_a_name = len(handle.tokens) == 2 and len(handle.tokens[1].latin) == 1 and not name.is_handle
    return NameLevel.DIFFERENT if from_a_name else NameLevel.OPAQUE


def tokens_level(one: NameTokens, other: NameTokens) -> NameLevel:
    """How well two different names agree; symmetric."""
    if not one.tokens or not other.tokens:
        return NameLevel.MISSING
    if one.is_handle or other.is_handle:
        return _of_handle(*((one, other) if one.is_handle else (other, one)))
    if one.forms == other.forms:
        return NameLevel.SAME
    if _joined_alike(one, other) or _joined_alike(other, one):
        return NameLevel.ORDER
    return _of_words(one.tokens, other.tokens)


@lru_cache(maxsize=8192)
def name_level(a: str, b: str) -> NameLevel:
    """How well two names as typed agree, in any script and order; symmetric."""
    one, other = name_tokens(a), name_tokens(b)
    if a == b and one.is_handle and one.tokens:
        return NameLevel.SAME
    return tokens_level(one, other)
