"""Recall of single words across scripts: `python benchmarks/matching_scripts.py`.

The words were listed after the tables of readings were made and are in no test; they say how the tables do on
names that they were not made for. Beside each recall stands the share of wrong pairs taken for one name.
"""

from __future__ import annotations

from wmcrm.matching.names import WordLevel, word_level
from wmcrm.matching.tokens import token_of

WORDS = {
    "Arabic": (
        "بشير Bachir|زياد Ziad|هيثم Haytham|لبنى Loubna|سلوى Salwa|مروان Marwan|"
        "أنس Anas|إيمان Iman|بلال Bilal|وائل Wael|رضا Reda|شيماء Chaimae|"
        "جواد Jawad|حنان Hanane|فؤاد Fouad|يونس Younes|منير Mounir|سلمى Salma|"
        "هاجر Hajar|أيوب Ayoub|المنصوري Mansouri|الخطيب Khatib|الزهراني Zahrani|حداد Haddad|"
        "التميمي Tamimi|شاهين Shahin|عطية Attia|درويش Darwish|النابلسي Nabulsi|قباني Qabbani"
    ),
    "Hebrew": (
        "אלון Alon|נטלי Natalie|גיא Guy|עומר Omer|רונן Ronen|שירה Shira|"
        "מאיה Maya|ברק Barak|אורי Uri|אסף Assaf|זאב Zeev|הילה Hila|"
        "חגי Hagai|ליאור Lior|דניאל Daniel|סגל Segal|ברקוביץ Berkovich|שטרן Stern|"
        "רוזנברג Rosenberg|אלמוג Almog|וייס Weiss|קפלן Kaplan|מלכה Malka|חדד Hadad|"
        "גבאי Gabay"
    ),
    "Japanese": (
        "菅野 Kanno|小西 Konishi|吉沢 Yoshizawa|川本 Kawamoto|榊原 Sakakibara|松村 Matsumura|"
        "大森 Omori|平山 Hirayama|宇野 Uno|黒川 Kurokawa|明子 Akiko|翔子 Shoko|"
        "大介 Daisuke|貴之 Takayuki|智恵 Tomoe|早紀 Saki|瞳 Hitomi|航 Wataru|"
        "彩香 Ayaka|信一 Shinichi|孝太郎 Kotaro|優花 Yuka|昌子 Masako|英明 Hideaki|"
        "弘樹 Hiroki"
    ),
    "Korean": (
        "지훈 Jihun|서윤 Seoyun|도윤 Doyoon|예린 Yerin|태희 Taehee|현우 Hyunwoo|"
        "민서 Minseo|주원 Joowon|소영 Soyoung|기영 Kiyoung|준영 Junyoung|선희 Sunhee|"
        "병철 Byungchul|은정 Eunjung|형준 Hyungjoon|안 Ahn|백 Baek|남 Nam|"
        "문 Moon|배 Bae"
    ),
    "Chinese": (
        "郑 Zheng|冯 Feng|邓 Teng|曹 Tsao|彭 Peng|曾 Tseng|"
        "肖 Xiao|田 Tian|董 Dong|潘 Pan|建国 Jianguo|海燕 Haiyan|"
        "玉兰 Yulan|文静 Wenjing|冠宇 Kuan-yu|承恩 Cheng-en|美玲 Mei-ling|雅雯 Ya-wen|"
        "佩珊 Pei-shan|志强 Zhiqiang"
    ),
    "Cyrillic": (
        "Всеволод Vsevolod|Артём Artem|Фёдор Fyodor|Зинаида Zinaida|Любовь Liubov|Чайковский Tchaikovsky|"
        "Ельцин Yeltsin|Шевченко Chevtchenko|Эдуард Eduard|Ярослав Jaroslav"
    ),
}


def _agree(native: str, latin: str) -> bool:
    return word_level(token_of(native), token_of(latin.replace("-", ""))) >= WordLevel.ACROSS


def report(name: str, listed: str) -> str:
    """One line: recall, and wrong pairs among all others of the list."""
    pairs = [(native, latin) for native, _, latin in (item.partition(" ") for item in listed.split("|"))]
    found = sum(_agree(native, latin) for native, latin in pairs)
    wrong = sum(_agree(a[0], b[1]) for a in pairs for b in pairs if a is not b)
    others = len(pairs) * (len(pairs) - 1)
    return f"{name}: recall {found / len(pairs):.2f} of {len(pairs)} words, {wrong} wrong of {others} other pairs"


if __name__ == "__main__":
    for name, listed in WORDS.items():
        print(report(name, listed))
