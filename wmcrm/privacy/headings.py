"""Words of a subject export in English and Arabic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from babel.dates import format_timedelta

LANGUAGES = ("en", "ar")
RIGHT_TO_LEFT = frozenset({"ar"})

SECTIONS: Mapping[str, tuple[str, str]] = {
    "title": ("What is stored about you", "البيانات المخزّنة عنك"),
    "made_at": ("Made on", "تاريخ الإعداد"),
    "empty": ("Nothing is stored here.", "لا شيء مخزّن هنا."),
    "person": ("You", "أنت"),
    "person_name": ("Your names", "أسماؤك"),
    "wiki_account": ("Your wiki accounts", "حساباتك في مواقع الويكي"),
    "contact_point": ("Where you can be reached", "وسائل الاتصال بك"),
    "language_skill": ("Your languages", "لغاتك"),
    "holding": ("Affiliates that hold your record", "الجهات التي تحتفظ بسجلّك"),
    "membership": ("Your positions at affiliates", "مناصبك لدى الجهات"),
    "participation": ("Events you took part in", "الفعاليات التي شاركت فيها"),
    "involvement": ("Initiatives you are involved in", "المبادرات التي تشارك فيها"),
    "person_skill": ("Your skills", "مهاراتك"),
    "signup_answer": ("What you answered when signing up", "ما أجبت به عند التسجيل"),
    "mentorship": ("Mentoring", "الإرشاد"),
    "restriction": ("Restrictions you asked for", "القيود التي طلبتها"),
    "merge": ("Records that were united with yours", "سجلّات دُمجت مع سجلّك"),
    "opt_in_invitation": ("Requests to confirm a consent", "طلبات تأكيد الموافقة"),
    "self_service_link": ("Links to your own data", "الروابط إلى بياناتك"),
    "letter": ("Messages to you", "الرسائل المرسلة إليك"),
    "contact_request": ("What others asked you through your affiliate", "ما طلبه منك آخرون عبر جهتك"),
    "rights_request": ("What you asked of the stewards", "ما طلبته من أمناء البيانات"),
    "exported_list_person": ("Prepared lists you are on", "القوائم المُعدّة التي تظهر فيها"),
    "sealed": ("What is sealed", "البيانات المختومة"),
    "sources": ("Where the data comes from", "مصدر البيانات"),
    "consents": ("What you agreed to, and the wording", "ما وافقت عليه ونصّه"),
    "standing": ("What holds today", "ما يسري اليوم"),
    "access": ("Who looked at your data", "من اطّلع على بياناتك"),
    "recipients": ("Who received your address", "من تلقّى عنوانك"),
    "history": ("What was changed, and by whom", "ما جرى تغييره ومن غيّره"),
    "retention": ("How long it is kept", "مدة الاحتفاظ"),
    "processing": ("What data is used for here", "أغراض استخدام البيانات هنا"),
}
COLUMNS: Mapping[str, str] = {
    "account": "الحساب",
    "action": "الإجراء",
    "actor": "من قام به",
    "affiliate": "الجهة",
    "answer": "الجواب",
    "alias": "الاسم المستعار",
    "asked_at": "وقت الطلب",
    "at": "الوقت",
    "attended": "الحضور",
    "basis": "الأساس القانوني",
    "capacity": "الصفة",
    "cells": "الخلايا",
    "channel": "القناة",
    "code": "الرمز",
    "collector": "الجامع",
    "community_region": "منطقة المجتمع",
    "contributed": "ساهم",
    "data": "البيانات",
    "decision": "القرار",
    "description": "الوصف",
    "display_name": "الاسم المعروض",
    "ended_at": "انتهى في",
    "entry_route": "طريق الدخول",
    "event": "الفعالية",
    "event_role": "الدور",
    "evidence": "الدليل",
    "external_id": "المعرّف الخارجي",
    "family_name": "اسم العائلة",
    "given_name": "الاسم الأول",
    "ground": "السبب",
    "holder_affiliate": "الجهة الحائزة",
    "initiative": "المبادرة",
    "is_public": "علني",
    "kept_for": "مدة الحفظ",
    "kept_until": "يُحفظ حتى",
    "kind": "النوع",
    "language": "اللغة",
    "level": "المستوى",
    "message": "الرسالة",
    "method": "الطريقة",
    "name": "الاسم",
    "note": "ملاحظة",
    "notice": "الإشعار",
    "on_day": "اليوم",
    "position": "المنصب",
    "preferred": "مفضّل",
    "pronouns": "الضمائر",
    "protection": "الحماية",
    "public_id": "المعرّف",
    "purpose": "الغرض",
    "reason": "السبب",
    "signup_question": "السؤال",
    "recipients": "المتلقّون",
    "recorded_at": "سُجّل في",
    "recorded_by": "سجّله",
    "registered_on": "سُجّل يوم",
    "registration": "التسجيل",
    "renamed_from": "الاسم السابق",
    "residence_city": "مدينة الإقامة",
    "residence_country": "بلد الإقامة",
    "retention": "مدة الاحتفاظ",
    "row_number": "رقم الصف",
    "run": "عملية الاستيراد",
    "script": "الكتابة",
    "since": "منذ",
    "skill": "المهارة",
    "source": "المصدر",
    "standing": "الحالة",
    "state": "الحالة",
    "status": "الحالة",
    "table": "الجدول",
    "title": "العنوان",
    "topic": "الموضوع",
    "until": "حتى",
    "use": "الاستخدام",
    "username": "اسم المستخدم",
    "valid_until": "صالح حتى",
    "value": "القيمة",
    "verified_on": "تحقّق في",
    "what": "ماذا",
    "wording": "النص",
}


# What the library itself writes into rows: the rules of retention that tell a person how long something is kept.
SAID: Mapping[str, str] = {
    "Contact points of people who were in touch no more": "وسائل الاتصال بمن انقطعت الصلة بهم",
    "Cells of imported sheets and what was read from them": "خلايا الكشوف المستوردة وما قُرئ منها",
    "Who saw or received contact values and sealed records": "من رأى عناوين الاتصال والسجلّات المختومة أو تلقّاها",
    "Answers to questions of a sign-up sheet; afterwards only figures": "أجوبة أسئلة كشوف التسجيل، ثم أرقام فقط",
}
UNITS: Mapping[str, tuple[Literal["day", "month"], int]] = {"days": ("day", 1), "months": ("month", 30)}
NEVER_COARSER = 1_000_000


def said(column: str, text: str, language: str) -> str:
    """A text that the library wrote, in the language of the page; what people wrote stays as it is."""
    if column == "kept_for":
        count, _, unit = text.partition(" ")
        step, days = UNITS[unit]
        length = dt.timedelta(days=int(count) * days)
        return format_timedelta(length, granularity=step, threshold=NEVER_COARSER, locale=language)
    return SAID.get(text, text) if column == "what" and language == "ar" else text


def heading(section: str, language: str) -> str:
    """The heading of a section; sections of later tables show their own name."""
    words = SECTIONS.get(section)
    return words[LANGUAGES.index(language)] if words else column_label(section, language)


def column_label(column: str, language: str) -> str:
    """What a column is called."""
    plain = column.replace("_", " ").capitalize()
    return COLUMNS.get(column, plain) if language == "ar" else plain
