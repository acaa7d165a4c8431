"""Could two names be one person's? The guard before a shared address or number links two records."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from wmcrm.matching.scripts import Writing
from wmcrm.matching.tokens import NameTokens, Token, name_tokens
from wmcrm.matching.wordlists import nickname_groups


class NameAgreement(IntEnum):
    """How well two names agree; every level from UNKNOWN up is compatible."""

    DIFFERENT = 0
    OPAQUE = 1  # one is a username that shows no name: too little to link by
    UNKNOWN = 2  # one is empty: nothing is said either way
    PART = 3  # one given name alone, initials, a username made from the name
    NEAR = 4  # small typo, nickname, another script, dropped second name
    SAME = 5  # the same tokens in any order


class TokenAgreement(IntEnum):
    """How well two words of a name agree."""

    DIFFERENT = 0
    INITIAL = 1
    ACROSS = 2  # same consonants in another script
    NEAR = 3  # typo or nickname
    EQUAL = 4


_ROMANISED_BY_SOUND = frozenset({Writing.HAN, Writing.KANA, Writing.HANGUL})
_VOWELS = frozenset("aeiouy")
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


def _plain_umlauts(word: str) -> str:
    for long, short in _UMLAUTS:
        word = word.replace(long, short)
    return word


def _is_gender_pair(a: str, b: str) -> bool:
    """Mario and Maria, Daniel and Daniela: two people of one family rather than a typo."""
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) != len(b):
        short, long = sorted((a, b), key=len)
        return long.startswith(short) and long[-1] in _VOWELS
    return a[:-1] == b[:-1] and a[-1] in _VOWELS and b[-1] in _VOWELS


def _is_typo(a: str, b: str) -> bool:
    shorter = min(len(a), len(b))
    if shorter < 4 or _is_gender_pair(a, b):
        return False
    return OSA.distance(a, b, score_cutoff=1) <= 1


def _across(a: Token, b: Token) -> bool:
    if a.writing in _ROMANISED_BY_SOUND or b.writing in _ROMANISED_BY_SOUND:
        return False
    if len(a.bones) > 1 and a.bones == b.bones:
        return True
    if JaroWinkler.similarity(a.latin, b.latin) >= 0.88 and min(len(a.latin), len(b.latin)) > 3:
        return True
    return len(a.bones) == 1 and a.bones == b.bones and a.latin[0] == b.latin[0]


@lru_cache(maxsize=400_000)
def token_agreement(a: Token, b: Token) -> TokenAgreement:
    """How well two words of a name agree; symmetric."""
    if a.latin == b.latin or _plain_umlauts(a.latin) == _plain_umlauts(b.latin):
        return TokenAgreement.EQUAL
    if a.is_initial or b.is_initial:
        same = a.latin[0] == b.latin[0]
        return TokenAgreement.INITIAL if same else TokenAgreement.DIFFERENT
    groups = nickname_groups()
    if groups.get(a.latin, frozenset()) & groups.get(b.latin, frozenset()) or _is_typo(a.latin, b.latin):
        return TokenAgreement.NEAR
    if a.writing is not b.writing and _across(a, b):
        return TokenAgreement.ACROSS
    return TokenAgreement.DIFFERENT


def _best_pairs(short: tuple[Token, ...], long: tuple[Token, ...]) -> list[tuple[int, int, TokenAgreement]]:
    """Each token of `short` with its own best partner in `long`, the surest pairs first."""
    scored = sorted(
        ((token_agreement(x, y), -abs(i - j), i, j) for i, x in enumerate(short) for j, y in enumerate(long)),
        reverse=True,
    )
    taken: list[tuple[int, int, TokenAgreement]] = []
    used_short: set[int] = set()
    used_long: set[int] = set()
    for agreement, _, i, j in scored:
        if agreement and i not in used_short and j not in used_long:
            taken.append((i, j, agreement))
            used_short.add(i)
            used_long.add(j)
    return taken


def _of_whole(short: tuple[Token, ...], long: tuple[Token, ...]) -> NameAgreement:
    pairs = _best_pairs(short, long)
    if len(pairs) < len(short):
        return NameAgreement.DIFFERENT
    weakest = min(agreement for _, _, agreement in pairs)
    strongest = max(agreement for _, _, agreement in pairs)
    if strongest is TokenAgreement.INITIAL:
        return NameAgreement.DIFFERENT
    if len(short) == 1 and len(long) > 1:
        # A family name alone fits everyone at that address; a given name alone fits one of them.
        return NameAgreement.PART if pairs[0][1] == 0 else NameAgreement.DIFFERENT
    if weakest is TokenAgreement.INITIAL:
        return NameAgreement.PART
    if weakest is TokenAgreement.EQUAL and len(short) == len(long):
        return NameAgreement.SAME
    return NameAgreement.NEAR


def _joined_alike(a: NameTokens, b: NameTokens) -> bool:
    """Joined differently (Abd al-Rahman, Abdulrahman; 沈杰, 沈 杰), in either order."""
    if len(a.tokens) == len(b.tokens):
        return False
    one, other = a.joined, b.joined
    if len(one) > 3 and one == other:
        return True
    turned = "".join(token.latin for token in (*b.tokens[1:], *b.tokens[:1]))
    return len(one) > 3 and one == turned


def _of_handle(handle: NameTokens, name: NameTokens) -> NameAgreement:
    """A username in the place of a name: made from the name, from another name, or opaque."""
    if handle.joined == name.joined:
        return NameAgreement.SAME if handle.is_handle == name.is_handle else NameAgreement.PART
    whole = _of_whole(*sorted((handle.tokens, name.tokens), key=len))
    if whole is not NameAgreement.DIFFERENT:
        return NameAgreement.PART
    made_of_name = len(handle.tokens) == 2 and len(handle.tokens[1].latin) == 1 and not name.is_handle
    return NameAgreement.DIFFERENT if made_of_name else NameAgreement.OPAQUE


@lru_cache(maxsize=200_000)
def name_agreement(a: str, b: str) -> NameAgreement:
    """How well two names as typed agree, in any script and order; symmetric."""
    if a == b and a:
        return NameAgreement.SAME
    one, other = name_tokens(a), name_tokens(b)
    if not one.tokens or not other.tokens:
        return NameAgreement.UNKNOWN
    if one.is_handle or other.is_handle:
        return _of_handle(*((one, other) if one.is_handle else (other, one)))
    if _joined_alike(one, other) or _joined_alike(other, one):
        return NameAgreement.NEAR
    return _of_whole(*sorted((one.tokens, other.tokens), key=len))


def names_compatible(a: str, b: str) -> bool:
    """True unless the two names show two different people.

    Tokens in any order, initials, a dropped second name, nicknames, one small typo in a token, another
    script, a username made from the name and an empty name are compatible. A shared family name with
    different given names (a household) is not, nor is a family name alone beside a full name, nor a
    username that shows no name: among records that share a number, half of those are two people.
    """
    return name_agreement(a, b) >= NameAgreement.UNKNOWN
