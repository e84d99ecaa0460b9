"""Languages that a model does not know are told by how it cuts their words, and only to who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.desk import Desk
from tests.fakes import WordEncoder
from tokenizers import Tokenizer

from briefbot.embedding.models import model_folder
from briefbot.index.store import open_current
from briefbot.model import Scope
from briefbot.search.familiarity import Unfamiliar, in_words, knows, named, unfamiliar, words_of
from briefbot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ENGLISH = "The red tram stops at the harbour every ten minutes, and on Sundays it stops at the market as well."
GERMAN = (
    "Die rote Bahn hält alle zehn Minuten am Hafen, und an den Sonntagen hält sie außerdem noch am Markt, wo "
    "viele Leute einsteigen, die dort eingekauft haben und deshalb schwer tragen."
)
CHINESE = "红色电车每十分钟停靠港口一次，星期日还会停靠市场。乘客需要在车上买票，司机会告诉你在哪里下车。" * 5
KINDS_OF_ENGLISH = {
    "prose": (
        "The meeting takes place every Monday in the large room on the second floor. Whoever cannot come "
        "tells the office by email before noon. Holiday must be requested at least two weeks in advance, "
        "and the head of the department decides about it. Travel costs are paid back when the receipts "
        "are handed in within one month."
    ),
    "names": (
        "Kowalczyk, Nakamura and Oluwaseun met Przybylski at Vostochny; Hrafnkelsson and "
        "Thiruvananthapuram followed. Zhang Xiaoming, Bogdanova, Szczepaniak, Ngozi and Abdurrahman "
        "signed for Rheinmetall, Volkswagen, Novartis, Sberbank and Hyundai in Dnipropetrovsk."
    ),
    "code": (
        "def load_config(path): return yaml.safe_load(open(path)) if os.path.exists(path) else {} # "
        "kubectl apply -f deployment.yaml && docker-compose up -d --build nginx; git rebase "
        "--interactive; SELECT COUNT(*) FROM users WHERE created_at > NOW(); npm install webpack; async "
        "function fetchJson(url) { const res = await fetch(url); return res.json(); }"
    ),
    "medicine": (
        "Nephrologists evaluate glomerular filtration, proteinuria and hyperkalemia; angiotensin "
        "inhibitors are titrated, whereas metformin is discontinued when creatinine exceeds thresholds. "
        "Polymerase chain reaction amplifies deoxyribonucleic acid, and chromatography separates "
        "enantiomers; phosphorylation regulates cytoskeletal kinases."
    ),
}
OTHERS = {
    "de": (
        "Die Besprechung findet jeden Montag im großen Raum im zweiten Stock statt. Wer nicht kommen "
        "kann, sagt dem Büro vor Mittag per E-Mail Bescheid. Urlaub muss mindestens zwei Wochen vorher "
        "beantragt werden, und die Leitung der Abteilung entscheidet darüber. Reisekosten werden "
        "erstattet, wenn die Belege innerhalb eines Monats abgegeben werden."
    ),
    "fr": (
        "La réunion a lieu tous les lundis dans la grande salle au deuxième étage. Celui qui ne peut pas "
        "venir prévient le bureau par courriel avant midi. Les congés doivent être demandés au moins deux "
        "semaines à l'avance, et le chef du service en décide. Les frais de voyage sont remboursés "
        "lorsque les reçus sont remis dans un délai d'un mois."
    ),
    "es": (
        "La reunión tiene lugar todos los lunes en la sala grande del segundo piso. Quien no pueda venir "
        "avisa a la oficina por correo antes del mediodía. Las vacaciones deben solicitarse con al menos "
        "dos semanas de antelación, y el jefe del departamento decide sobre ello. Los gastos de viaje se "
        "reembolsan cuando los recibos se entregan en el plazo de un mes."
    ),
    "it": (
        "La riunione si tiene ogni lunedì nella sala grande al secondo piano. Chi non può venire avvisa "
        "l'ufficio per posta elettronica prima di mezzogiorno. Le ferie devono essere richieste almeno "
        "due settimane prima, e il capo del reparto decide. Le spese di viaggio sono rimborsate quando le "
        "ricevute vengono consegnate entro un mese."
    ),
    "pt": (
        "A reunião acontece todas as segundas-feiras na sala grande do segundo andar. Quem não puder vir "
        "avisa o escritório por correio antes do meio-dia. As férias devem ser pedidas com pelo menos "
        "duas semanas de antecedência, e o chefe do departamento decide sobre isso. As despesas de viagem "
        "são reembolsadas quando os recibos são entregues no prazo de um mês."
    ),
    "nl": (
        "De vergadering vindt elke maandag plaats in de grote zaal op de tweede verdieping. Wie niet kan "
        "komen, laat het kantoor voor de middag per e-mail weten. Vakantie moet minstens twee weken van "
        "tevoren worden aangevraagd, en het hoofd van de afdeling beslist daarover. Reiskosten worden "
        "vergoed als de bonnen binnen een maand worden ingeleverd."
    ),
    "sv": (
        "Mötet äger rum varje måndag i det stora rummet på andra våningen. Den som inte kan komma "
        "meddelar kontoret per e-post före klockan tolv. Semester ska sökas minst två veckor i förväg, "
        "och avdelningens chef bestämmer om den. Resekostnader ersätts när kvittona lämnas in inom en "
        "månad."
    ),
    "fi": (
        "Kokous pidetään joka maanantai toisen kerroksen suuressa huoneessa. Joka ei voi tulla, ilmoittaa "
        "toimistoon sähköpostilla ennen puoltapäivää. Lomaa on pyydettävä vähintään kaksi viikkoa "
        "etukäteen, ja osaston johtaja päättää siitä."
    ),
    "pl": (
        "Spotkanie odbywa się w każdy poniedziałek w dużej sali na drugim piętrze. Kto nie może przyjść, "
        "zawiadamia biuro pocztą elektroniczną przed południem. O urlop trzeba poprosić co najmniej dwa "
        "tygodnie wcześniej, a decyduje o nim kierownik działu. Koszty podróży są zwracane, gdy rachunki "
        "zostaną oddane w ciągu miesiąca."
    ),
    "tr": (
        "Toplantı her pazartesi ikinci kattaki büyük odada yapılır. Gelemeyecek olan öğleden önce ofise "
        "e-posta ile haber verir. İzin en az iki hafta önceden istenmelidir ve buna bölüm başkanı karar "
        "verir. Yol giderleri, fişler bir ay içinde teslim edildiğinde geri ödenir."
    ),
    "ru": (
        "Совещание проходит каждый понедельник в большом зале на втором этаже. Кто не может прийти, "
        "сообщает об этом в офис по почте до полудня. Отпуск нужно запросить не позднее чем за две "
        "недели, и решает об этом начальник отдела. Расходы на поездки возмещаются, если чеки сданы в "
        "течение месяца."
    ),
    "el": (
        "Η συνάντηση γίνεται κάθε Δευτέρα στη μεγάλη αίθουσα στον δεύτερο όροφο. Όποιος δεν μπορεί να "
        "έρθει ειδοποιεί το γραφείο με μήνυμα πριν το μεσημέρι. Η άδεια πρέπει να ζητηθεί τουλάχιστον δύο "
        "εβδομάδες νωρίτερα και αποφασίζει ο προϊστάμενος του τμήματος."
    ),
    "ar": (
        "يعقد الاجتماع كل يوم اثنين في القاعة الكبيرة في الطابق الثاني. ومن لا يستطيع الحضور يخبر المكتب "
        "بالبريد قبل الظهر. يجب طلب الإجازة قبل أسبوعين على الأقل ويقرر ذلك رئيس القسم. تعاد نفقات السفر "
        "عند تسليم الإيصالات خلال شهر."
    ),
    "hi": (
        "बैठक हर सोमवार को दूसरी मंजिल के बड़े कमरे में होती है। जो नहीं आ सकता वह दोपहर से पहले कार्यालय "
        "को सूचना देता है। छुट्टी कम से कम दो सप्ताह पहले माँगनी चाहिए और विभाग का प्रमुख इसका निर्णय "
        "करता है।"
    ),
    "zh": (
        "会议每周一在二楼的大房间举行。不能来的人请在中午之前用电子邮件通知办公室。休假必须至少提前两周申请，由部门负责人决定。差旅费在一个月内交回收据后报销。"
    ),
    "ja": (
        "会議は毎週月曜日に二階の大きな部屋で行われます。来られない人は正午までに事務所にメールで知らせてください。休暇は少なくとも二週間前に申請し、部長が決定します。旅"
        "費は一か月以内に領収書を提出すれば払い戻されます。"
    ),
    "ko": (
        "회의는 매주 월요일 이층의 큰 방에서 열립니다. 올 수 없는 사람은 정오 전에 사무실에 메일로 알려 주십시오. "
        "휴가는 적어도 두 주 전에 신청해야 하며 부서장이 결정합니다."
    ),
    "vi": (
        "Cuộc họp diễn ra vào mỗi thứ hai trong phòng lớn ở tầng hai. Ai không thể đến thì báo cho văn "
        "phòng qua thư trước buổi trưa. Phải xin nghỉ phép ít nhất hai tuần trước và trưởng phòng sẽ "
        "quyết định."
    ),
}
PLAIN_WORDS = set(ENGLISH.lower().replace(",", "").replace(".", "").split())


def count(words: Sequence[str]) -> list[int]:
    """Cut all but English words into letters."""
    return [1 if word.lower() in PLAIN_WORDS else len(word) for word in words]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    for n in range(12):
        desk.write(f"en/{n}.txt", "\n\n".join([ENGLISH] * 3))
    desk.write("de/a.txt", "\n\n".join([GERMAN] * 4))
    desk.write("zh/a.txt", "\n\n".join([CHINESE] * 3))
    desk.write("fr/a.txt", "Le tram rouge s'arrête au port toutes les dix minutes.")
    desk.build()
    return desk


def found(desk: Desk, scope: Scope) -> tuple[Unfamiliar, ...]:
    with open_current(desk.index) as generation:
        return unfamiliar(generation, generation.visible(scope).rows, count)


def test_languages_whose_words_are_cut_are_told_with_how_much_is_in_them(desk: Desk) -> None:
    with open_current(desk.index) as generation:
        rows = generation.rows_by_language(generation.visible(Scope.everything()).rows)
    total = sum(map(len, rows.values()))
    told = {one.language: (one.passages, one.of) for one in found(desk, Scope.everything())}
    assert told == {"zh": (len(rows["zh"]), total), "de": (4, total)}  # of French there is too little
    assert list(told) == ["de", "zh"]


def test_what_may_not_be_seen_is_not_told(desk: Desk) -> None:
    assert [one.language for one in found(desk, Scope(frozenset({"de/a.txt", "en/1.txt"})))] == ["de"]
    assert found(desk, Scope(frozenset({"en/1.txt"}))) == ()
    assert found(desk, Scope(frozenset())) == ()


def test_what_stands_in_no_sentence_tells_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write("a.md", f"```\n{GERMAN}\n```\n")
    desk.build()
    with open_current(desk.index) as generation:
        visible = generation.visible(Scope.everything()).rows
        assert [passages.kind for passages in generation.passages("a.md")] == ["code"]
        assert list(generation.rows_by_language(visible)) == ["de"]
    assert found(desk, Scope.everything()) == ()


def test_it_is_one_sentence() -> None:
    some = (Unfamiliar("de", 1_200, 4_000), Unfamiliar("fr", 300, 4_000))
    assert in_words(some, "a model") == (
        "1,500 of 4,000 passages are in languages that the model a model does not know well "
        "(Deutsch: 1,200, Français: 300); there, words count and meaning little"
    )
    assert in_words((), "a model") == ""


class Pieces(WordEncoder):
    """Cuts texts as the default model does."""

    def __init__(self) -> None:
        super().__init__(window=400)
        self.tokenizer = Tokenizer.from_file(str(model_folder(Settings().model) / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def count(self, texts: Sequence[str]) -> list[int]:
        found = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(each.ids) for each in found]


@pytest.fixture(scope="module")
def default() -> Pieces:
    return Pieces()


@pytest.mark.parametrize("text", KINDS_OF_ENGLISH.values(), ids=KINDS_OF_ENGLISH)
def test_the_default_model_knows_english_of_every_kind(default: Pieces, text: str) -> None:
    assert knows(list(words_of(text)), default.count)


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_the_default_model_knows_no_other_language(default: Pieces, text: str) -> None:
    assert not knows(list(words_of(text)), default.count)


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_a_model_that_cuts_few_words_knows_their_language(text: str) -> None:
    def seldom(texts: Sequence[str]) -> list[int]:
        return [1 + len(text) // 7 for text in texts]

    assert knows(list(words_of(text)), seldom)


def test_what_a_model_reads_as_one_unknown_piece_it_does_not_know() -> None:
    assert not knows(list(words_of(OTHERS["ru"])), lambda texts: [1 for _ in texts])


def test_few_words_tell_nothing() -> None:
    assert knows(["слово"] * 100, lambda texts: [len(text) for text in texts])


def test_only_words_of_sentences_count() -> None:
    found = list(
        words_of("Kim’s “green” train (v2.4) left at 9:30, e.g. via Łódź, snake_case; 会议每周一在二楼的大房间举行。")
    )
    assert found == ["green", "train", "left", "at", "via", "会议每周一在二楼的大房间", "举行"]


def test_a_language_is_named_as_its_speakers_do() -> None:
    assert [named(code) for code in ("de", "zh", "tr", "vi", "xx")] == ["Deutsch", "中文", "Türkçe", "Tiếng Việt", "xx"]
