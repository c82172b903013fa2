"""What our JavaScript and templates must keep to: the arrows between their rooms, and a strict security policy.

    entry points ▶ player, stage, charts, editor        player ▶ nothing        editor ▶ stage

A module is imported by its bare name (`app/stage/stage.js`), because a relative address would miss the hash in the
file's name.
"""

import re
from html.parser import HTMLParser

ROOMS = ("player", "stage", "charts", "editor")
MAY_USE = {"player": (), "stage": (), "charts": (), "editor": ("stage",)}
PACKAGES_FOR = ("stage", "charts", "editor", "entry point")  # the player does without npm packages

_IMPORT = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])(?P<name>[^'"\n]+)\1""")
# A string, a comment or a regular expression's beginning: strings are kept, comments dropped.
_COMMENT = re.compile(
    r"""(?P<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|//[^\n]*|/\*.*?\*/""", re.DOTALL
)
_TEMPLATE_TAG = re.compile(r"{%.*?%}|{#.*?#}", re.DOTALL)
_TEMPLATE_VALUE = re.compile(r"{{.*?}}", re.DOTALL)


def javascript_complaints(path: str, source: str) -> list[str]:
    """`path` is below static/js, such as `stage/link.js`."""
    code = without_comments(source)
    here = room(path)
    found = [_refused(here, match["name"]) for match in _IMPORT.finditer(code)]
    if re.search(r"""setAttribute\(\s*['"](style|on\w+)['"]""", code):
        found.append(
            "sets a style or on… attribute, which the content-security policy drops; use .style or addEventListener"
        )
    if re.search(r"\beval\(|new Function\(", code):
        found.append("makes code from text, which the content-security policy forbids")
    return [f"static/js/{path}: {problem}" for problem in found if problem]


def animation_frames(source: str) -> int:
    """How often requestAnimationFrame stands in the code, comments aside."""
    return len(re.findall(r"\brequestAnimationFrame\b", without_comments(source)))


def template_complaints(path: str, source: str) -> list[str]:
    reader = _TemplateReader()
    reader.feed(_TEMPLATE_VALUE.sub("value", _TEMPLATE_TAG.sub("", source)))
    reader.close()
    return [f"templates/{path}: {problem}" for problem in reader.found]


def room(path: str) -> str:
    first, slash, _ = path.partition("/")
    return first if slash else "entry point"


def without_comments(source: str) -> str:
    return _COMMENT.sub(lambda match: match["text"] or " ", source)


def _refused(here: str, name: str) -> str:
    if name.startswith("."):
        return f"imports {name} by its address; say app/… instead"
    if not name.startswith("app/"):
        return "" if here in PACKAGES_FOR else f"imports the package {name}, but the {here} uses none"
    there = room(name.removeprefix("app/"))
    if here not in (*ROOMS, "entry point"):
        return f"stands in {here}/, which is no room of the house"
    if here in ("entry point", there) or there in MAY_USE[here]:
        return ""
    return f"imports {name}, but {here} may use {', '.join(MAY_USE[here]) or 'only itself'}"


class _TemplateReader(HTMLParser):
    """Collects what the content-security policy would refuse, and what would ask another server."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        where = f"line {self.getpos()[0]}: <{tag}>"
        if tag == "style":
            self.found.append(f"{where} holds styles; put them in static/css")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append(f"{where} holds code; put it in static/js")
        for name, value in given.items():
            if name == "style" or re.fullmatch(r"on[a-z]+", name) or name.startswith("hx-on"):
                self.found.append(f"{where} has the attribute {name}, which the content-security policy drops")
            if value.strip().lower().startswith("javascript:"):
                self.found.append(f"{where} has code in {name}")
            fetched = name in ("src", "srcset") or (name == "href" and tag in ("link", "use", "image"))
            if fetched and re.match(r"(https?:)?//", value.strip()):
                self.found.append(f"{where} fetches {value} from another server")
