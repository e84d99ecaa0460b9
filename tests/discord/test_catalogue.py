from __future__ import annotations

import ast
import re
import string
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.discord.standin.limits_commands import well_named

import briefbot.discord.catalogue as catalogues
from briefbot.discord.catalogue import LANGUAGES, SOURCE, catalogue, words_for
from briefbot.discord.limits import COMMAND_NAME, CONTENT, DESCRIPTION, INPUT_LABEL, LABEL, MODAL_TITLE, length

FOLDER = Path(catalogues.__file__).parent
MODULES = sorted(FOLDER.glob("*.py"))
ENGLISH = catalogue(SOURCE).texts
PLACES = sorted({place for text in ENGLISH.values() for _, place, _, _ in string.Formatter().parse(text) if place})

ASKING = {"words", "Said", "text"}  # whose first argument is a key
KEY = re.compile(rf"(?:{'|'.join(sorted({key.partition('.')[0] for key in ENGLISH}))})(?:\.[a-z_]+)+")
MARK = re.compile(r"\*+|`+|-#|\n")
AS_TYPED = re.compile(r"(?<!\w)/[a-z]+|briefbot build|\[discord\] operators|DISCORD_[A-Z_]+")
LIMITS = {  # kind of key: most characters
    r"command\.\w+\.(?:\w+_)?description": DESCRIPTION,
    r"menu\.\w+": COMMAND_NAME,
    r"button\.\w+": LABEL,
    r"feedback\.title": MODAL_TITLE,
    r"feedback\.reason": INPUT_LABEL,
    r".*": CONTENT,
}
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_module = pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)


def places(text: str) -> list[tuple[str, str | None, str | None]]:
    """The places of a text, each with how it is to be formatted."""
    return sorted((name, spec, how) for _, name, spec, how in string.Formatter().parse(text) if name is not None)


def filled(language: str, key: str) -> str:
    return catalogue(language)(key, **dict.fromkeys(PLACES, "999"))


def most(key: str) -> int:
    return next(limit for kind, limit in LIMITS.items() if re.fullmatch(kind, key))


def differing(language: str, trait: re.Pattern[str]) -> list[str]:
    """The keys whose text has other such parts, or another number of them, than the English one."""
    texts = catalogue(language).texts
    return [key for key in ENGLISH if Counter(trait.findall(ENGLISH[key])) != Counter(trait.findall(texts[key]))]


def option_names(language: str) -> dict[str, list[str]]:
    """The names of the options of each command."""
    names: dict[str, list[str]] = defaultdict(list)
    for key, text in catalogue(language).texts.items():
        section, _, rest = key.partition(".")
        if section == "command" and not key.endswith("description"):
            names[rest.partition(".")[0]].append(text)
    return names


# The languages


def test_each_language_has_its_file_and_no_file_is_left_over() -> None:
    assert sorted(path.stem for path in (FOLDER / "languages").iterdir()) == sorted(LANGUAGES)


@every_language
def test_a_catalogue_has_the_keys_of_english_in_their_order(language: str) -> None:
    assert list(catalogue(language).texts) == list(ENGLISH)


@every_language
def test_a_text_has_the_places_of_the_english_one(language: str) -> None:
    texts = catalogue(language).texts
    assert {key: places(texts[key]) for key in ENGLISH} == {key: places(text) for key, text in ENGLISH.items()}


@every_language
def test_every_text_can_be_filled_in_and_leaves_nothing_open(language: str) -> None:
    assert [key for key in ENGLISH if re.search(r"[{}]", filled(language, key))] == []


@every_language
def test_no_text_is_empty_or_begins_or_ends_with_a_space(language: str) -> None:
    texts = catalogue(language).texts
    assert [key for key, text in texts.items() if not text or text != text.strip()] == []


@every_language
def test_a_text_keeps_the_markdown_of_the_english_one(language: str) -> None:
    assert differing(language, MARK) == []


@every_language
def test_what_is_typed_as_it_stands_is_not_translated(language: str) -> None:
    assert differing(language, AS_TYPED) == []


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"),
        ("de", "de"),
        ("es-ES", "es"),
        ("es-419", "es"),
        ("ru", "ru"),
        ("tr", "tr"),
        ("zh-CN", "zh"),
        ("zh-TW", "zh"),
        ("fr", "en"),
        (None, "en"),
    ],
)
def test_a_locale_finds_its_language_and_an_unknown_one_english(locale: str | None, language: str) -> None:
    assert words_for(locale).language == language


def test_a_text_that_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"answer\.nowhere"):
        words_for("de")("answer.nowhere")


# What Discord and the code need


@every_language
def test_every_text_keeps_within_discords_limit_for_its_kind(language: str) -> None:
    assert {key: text for key in ENGLISH if length(text := filled(language, key)) > most(key)} == {}


@every_language
def test_the_options_of_a_command_have_names_that_discord_takes_and_tells_apart(language: str) -> None:
    names = option_names(language)
    assert [name for every in names.values() for name in every if not well_named(name)] == []
    assert [command for command, every in names.items() if len(set(every)) < len(every)] == []


@every_language
@pytest.mark.parametrize("key", ["answer.question", "answer.understood"])
def test_the_label_of_a_question_ends_where_the_code_looks_for_its_end(language: str, key: str) -> None:
    label = catalogue(language)(key)
    assert ": " not in f"{label}:"
    assert "\n" not in label


@every_language
def test_the_help_calls_the_menu_and_the_option_what_discord_calls_them(language: str) -> None:
    texts = catalogue(language).texts
    assert f"*{texts['menu.answer']}*" in texts["help.commands"]
    assert texts["help.example"] == f"/ask {texts['command.ask.question']}: {{title}}"


# What the code asks for


@dataclass(frozen=True, slots=True)
class Asking:
    """One place in the code that asks for a text: the keys it names, or the pattern of its f-string, and the places."""

    line: int
    keys: tuple[str, ...]
    pattern: str | None
    given: frozenset[str] | None  # None where they are handed on with **


def trees(module: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(module.read_text("utf-8"))))


def literals(module: Path) -> set[str]:
    return {node.value for node in trees(module) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def askings(module: Path) -> list[Asking]:
    calls = [node for node in trees(module) if isinstance(node, ast.Call) and node.args]
    return [asking(call) for call in calls if called(call) in ASKING]


def called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def asking(call: ast.Call) -> Asking:
    first, names = call.args[0], [keyword.arg for keyword in call.keywords]
    given = None if None in names else frozenset(name for name in names if name)
    pattern = pattern_of(first) if isinstance(first, ast.JoinedStr) else None
    return Asking(call.lineno, tuple(named(first)), pattern, given)


def named(argument: ast.expr) -> list[str]:
    """The keys that an argument names: one, or one for each branch of a condition."""
    if isinstance(argument, ast.IfExp):
        return [*named(argument.body), *named(argument.orelse)]
    return [argument.value] if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else []


def pattern_of(text: ast.JoinedStr) -> str:
    parts = [part.value if isinstance(part, ast.Constant) else None for part in text.values]
    return "".join("([a-z_]+)" if part is None else re.escape(str(part)) for part in parts)


def matching(module: Path, pattern: str) -> set[str]:
    """The keys that an f-string may stand for: what is put in is a word that its module names."""
    words = literals(module)
    found = ((key, re.fullmatch(pattern, key)) for key in ENGLISH)
    return {key for key, match in found if match and words.issuperset(match.groups())}


def written(module: Path) -> set[str]:
    """Every key that stands in a module: in a call, and in the tables and defaults that calls take keys from."""
    asked = {key for each in askings(module) for key in each.keys}
    return asked | {text for text in literals(module) if KEY.fullmatch(text)}


@every_module
def test_every_key_in_the_code_has_a_text(module: Path) -> None:
    assert sorted(written(module) - ENGLISH.keys()) == []


@every_module
def test_every_key_that_the_code_puts_together_has_a_text(module: Path) -> None:
    assert [each for each in askings(module) if each.pattern and not matching(module, each.pattern)] == []


@every_module
def test_the_code_fills_in_every_place_of_the_texts_it_asks_for(module: Path) -> None:
    asked = [(each, key) for each in askings(module) if each.given is not None for key in each.keys]
    needed = {key: {name for name, _, _ in places(text)} for key, text in ENGLISH.items()}
    assert [(each.line, key) for each, key in asked if not needed.get(key, set()) <= (each.given or set())] == []


def test_every_text_is_said_somewhere() -> None:
    said = set().union(*map(written, MODULES))
    patterns = ((module, each.pattern) for module in MODULES for each in askings(module))
    said = said.union(*(matching(module, pattern) for module, pattern in patterns if pattern))
    assert sorted(ENGLISH.keys() - said) == []
