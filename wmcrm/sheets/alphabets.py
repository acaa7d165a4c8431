"""Which legacy encoding makes the letters of a text look like a language."""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+")
GOOD_ENOUGH = 0.45

# Letters outside ASCII, by language: a text is scored by the language that explains it best. A union
# of neighbours serves lists of people of several countries, at a small discount.
_WEST = "éèêëàâäáãåæçîïíìñôöóòõøœùûüúÿßªº«»¡¿·’‘“”–—…•°€£§©®™"
_EAST = "áâăäąćčçďđéęëěíîľĺłńňóôőöřŕśšşťţúůűüýžźżß„”“’–«»§°€…"
_LATIN: dict[str, tuple[tuple[str, float], ...]] = {
    "cp1252": (
        (_WEST, 0.92),
        ("éèêàâçëîïôûùœ«»’–", 1.0),
        ("áéíóúñü¿¡ºª", 1.0),
        ("ãõáéíóúâêôçà", 1.0),
        ("äöüß„“–", 1.0),
        ("åäöæøé", 1.0),
        ("áéíóúýþðæö", 0.95),
    ),
    "cp1254": (("ışğçöüâîûi̇", 1.0), (_WEST + "ışğ", 0.85)),
    "cp1250": (
        ("ąćęłńóśźż„”–", 1.0),
        ("áčďéěíňóřšťúůýž„“–", 1.0),
        ("áéíóöőúüű„”–", 0.98),
        ("čćđšž", 1.0),
        ("ăâîşţ„”", 1.0),
        ("áäčďéíľĺňóôŕšťúýž", 1.0),
        (_EAST, 0.88),
    ),
    "cp1257": (("ąčęėįšųūž„“–", 0.97), ("āčēģīķļņšūž", 0.97), ("äöõüšž", 0.9)),
}
_WEIGHTS: dict[str, tuple[tuple[str, float], ...]] = {
    "cp1251": (
        ("оеаинтсрвлкмдпуяызьбгчйх", 1.0),
        ("жшюцщэфёъіїєґў", 0.7),
        ("№«»—–“”„", 0.8),
        ("ђљњћџјѓќѕ", 0.35),
    ),
    "koi8-r": (("оеаинтсрвлкмдпуяызьбгчйх", 0.97), ("жшюцщэфёъ", 0.7)),
    "cp1256": (
        ("اليمنورتبةعدسفهكقحأجشصطخىإذءضزثغظآؤئ", 1.0),
        ("پچژگکیہےںٹڈ", 0.8),
        ("،؛؟ًٌٍَُِّْـ", 0.7),
        ("éèêàâçôîïûùœ«»’–", 0.4),
    ),
    "cp1253": (("αβγδεζηθικλμνξοπρςστυφχψωάέήίόύώϊϋΐΰ", 0.95), ("«»–’", 0.8)),
    "cp1255": (("אבגדהוזחטיכךלמםנןסעפףצץקרשת", 0.95), ("״׳–", 0.8)),
}
_HANZI = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出会可也你对就里年得自"
    "后学小姓名邮箱电话手机号码城市国家地区省区县用户名性别年龄日期时间职业单位学校参"
    "加活动备注同意是否编号微信地址签到男女王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁"
    "宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文北京"
    "上海广州深圳天津重庆成都武汉南西安杭苏明华伟芳娜敏静丽强磊军洋勇艳杰娟涛超霞平刚"
    "桂英维基百科志愿者社群编辑"
)
_HANZI_TRADITIONAL = (
    "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出會可也你對就裡年得自"
    "後學小姓名郵箱電話手機號碼城市國家地區省縣用戶名性別年齡日期時間職業單位學校參加"
    "活動備註同意是否編號地址簽到男女信箱帳王李張劉陳楊趙黃周吳徐孫胡朱高林何郭馬羅梁"
    "宋鄭謝韓唐馮于董蕭程曹袁鄧許傅沈曾彭呂蘇盧蔣蔡賈丁魏薛葉余潘杜戴夏鍾汪田任姜范方"
    "石姚譚廖鄒熊金陸郝孔白崔康毛邱秦江史顧侯邵孟龍萬段錢湯尹黎易常武喬賀賴龔文臺台北"
    "高雄中南新竹桃園香港澳門明華偉芳娜敏靜麗強志豪美玲淑惠俊傑怡君雅婷維基百科志願者"
    "社群編輯"
)
_HANGUL = (
    "이름성명전화번호메일주소도시국가참가자김박최정강조윤장임한오서신권황안송류홍민지"
    "수영현은진경하준우미연희철서울부산대구인천광주대전한국위키백과사용자편집동의날짜"
    "비고가는의에을를다로고"
)
_KANJI = (
    "氏名前姓電話番号住所都道府県市区町村国籍性別年齢日時参加者同意備考田中山本佐藤鈴"
    "木高橋伊渡辺村小林加吉川口松井上野島谷崎原東京大阪横浜名古屋札幌福岡神戸一二三四"
    "五六七八九十太郎花子美健翔陽編集利用"
)


def _weights_of(groups: tuple[tuple[str, float], ...]) -> dict[str, float]:
    table: dict[str, float] = {}
    for letters, weight in groups:
        for letter in letters:
            table.setdefault(letter, weight)
    return table


_SINGLE = {encoding: _weights_of(groups) for encoding, groups in _WEIGHTS.items()}
_LANGUAGES = {
    encoding: [(frozenset(letters), weight) for letters, weight in groups] for encoding, groups in _LATIN.items()
}
_DOUBLE = {
    "gb18030": (frozenset(_HANZI), "，。：；！？（）、“”《》【】·—…"),
    "big5": (frozenset(_HANZI_TRADITIONAL), "，。：；！？（）、「」《》【】‧—…"),
    "cp949": (frozenset(_HANGUL), "·…“”"),
    "cp932": (frozenset(_KANJI), "、。「」・ー（）！？：；々"),
}
_FAMILIES = ("cp1252", "cp1251", "cp1256", "cp1254", "cp1250", "gb18030", "big5", "cp932", "cp949")
CANDIDATES = (*_FAMILIES, "cp1253", "cp1255", "cp1257", "koi8-r")


def guess_by_letters(sample: bytes) -> tuple[str, int] | None:
    """The best encoding and a confidence in percent, or None where none looks like a language."""
    scores: dict[str, float] = {}
    for encoding in CANDIDATES:
        text = _strict(sample, encoding)
        if text:
            scores[encoding] = _score(text, encoding, sample)
    if not scores:
        return None
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] < GOOD_ENOUGH:
        return None
    return best, _confidence(scores, best, sample)


def _confidence(scores: dict[str, float], best: str, sample: bytes) -> int:
    text = _strict(sample, best)
    rivals = [score for name, score in scores.items() if name != best and _strict(sample, name) != text]
    gap = scores[best] - max(rivals, default=0.0)
    evidence = min(1.0, sum(byte > 127 for byte in sample) / 20)
    return max(20, min(99, round(100 * (min(scores[best], 1.0) * 0.4 + min(gap, 0.3) * 1.4 + evidence * 0.2))))


def _strict(sample: bytes, encoding: str) -> str | None:
    for cut in (0, 1, 2, 3):  # the sample may end in the middle of a character
        try:
            return sample[: len(sample) - cut].decode(encoding)
        except UnicodeDecodeError:
            if encoding not in _DOUBLE:
                return None
    return None


def _score(text: str, encoding: str, sample: bytes) -> float:
    if encoding in _DOUBLE:
        return _score_double(text, encoding, sample)
    counts = Counter(character.lower()[:1] for character in text if character > "\x7f")
    total = sum(counts.values())
    if not total:
        return 0.0
    if encoding in _SINGLE:
        weights = _SINGLE[encoding]
        fit = sum(weights.get(c, -0.5) * n for c, n in counts.items()) / total
    else:
        fit = max(_fit(counts, total, letters) * weight for letters, weight in _LANGUAGES[encoding])
        fit -= _accents_in_a_row(text)
    return fit - _oddness(text)


def _fit(counts: Counter[str], total: int, letters: frozenset[str]) -> float:
    return sum(n if c in letters else -0.3 * n for c, n in counts.items()) / total


def _accents_in_a_row(text: str) -> float:
    """Share of words with three letters outside ASCII in a row: none in Latin scripts, all in others."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(1 for word in words if _RUN.search(word)) / max(1, len(words))


def _oddness(text: str) -> float:
    """Share of words that no writer makes: case turned within a word, symbols or two scripts inside it."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    odd = sum(1 for word in words if _is_odd(word))
    glued = len(_GLUED.findall(text))
    return (odd + glued) / max(1, len(words) + glued)


_GLUED = re.compile(r"(?:(?<=[a-zA-Z])[¡-©«-´¶-¹»-¿×÷¤†‡‰ˆ˜]|[¡-©¬-´¶¸¹¼-¾×÷¤†‡‰ˆ˜](?=[a-zA-Z]))")
_RUN = re.compile(r"[^\x00-\x7f]{3}")
_FINAL = re.compile(r"ς\w|\wσ\b")


def _is_odd(word: str) -> bool:
    first, rest = word[:1], word[1:]
    turned = not (word.islower() or word.isupper() or rest.islower() or not rest) and word.lower() != word
    ascii_letters = sum(character.isascii() for character in word)
    mixed = ascii_letters > 0 and _is_other_script(word)
    return turned or mixed or bool(_FINAL.search(word)) or (first.islower() and rest.isupper())


def _is_other_script(word: str) -> bool:
    return any("\u0370" <= character <= "\u06ff" for character in word)


def _score_double(text: str, encoding: str, sample: bytes) -> float:
    frequent, marks = _DOUBLE[encoding]
    high = sum(byte > 127 for byte in sample)
    points = 0.0
    for character, count in Counter(c for c in text if c > "\x7f").items():
        points += count * _point(character, encoding, frequent, marks)
    return points / max(high, 1)


def _point(character: str, encoding: str, frequent: frozenset[str], marks: str) -> float:
    """Up to 2, as one character stands for two bytes; a frequent character counts in full."""
    if character in frequent:
        return 2.0
    if character in marks or (encoding == "cp932" and "\u3041" <= character <= "\u30ff"):
        return 1.9
    lead = character.encode(encoding)[0]
    common = _COMMON_LEADS[encoding]
    return 1.2 if common[0] <= lead <= common[1] and _is_common_trail(character, encoding) else 0.2


# The rows in which each standard keeps its everyday characters.
_COMMON_LEADS = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6), "cp949": (0xB0, 0xC8), "cp932": (0x88, 0x97)}


def _is_common_trail(character: str, encoding: str) -> bool:
    data = character.encode(encoding)
    if len(data) != 2:
        return False
    return data[1] >= 0xA1 if encoding in ("gb18030", "cp949") else data[1] >= 0x40
