"""Somebody with a browser that runs no scripts: reads pages, follows links, sends forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx

VOID = frozenset({"input", "meta", "link", "br"})
Attributes = dict[str, str]


@dataclass
class Button:
    """A button with the form it sends."""

    form: Attributes
    fields: list[tuple[str, str]]
    attributes: Attributes
    text: str = ""


@dataclass
class Page(HTMLParser):
    """What the tests look for on a page."""

    status: int
    html: str
    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    scripts: list[Attributes] = field(default_factory=list)
    tags: list[tuple[str, Attributes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._form: tuple[Attributes, list[tuple[str, str]]] | None = None
        self._forms: dict[str, tuple[Attributes, list[tuple[str, str]]]] = {}
        self._open: list[str] = []
        self._select: Attributes = {}
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "form":
            self._form = (found, [])
            self._forms[found.get("id", "")] = self._form
        elif tag == "a":
            self.links.append((found.get("href", ""), ""))
        elif tag == "button":
            form, fields = self._of(found) or ({}, [])
            self.buttons.append(Button(form, fields, found))
        elif tag == "textarea":
            self._field(found, "")
        elif tag == "option" and "selected" in found:
            self._field(self._select, found.get("value", ""))
        elif tag == "select":
            self._select = found
        elif tag == "input" and (found.get("type") != "checkbox" or "checked" in found):
            self._field(found, found.get("value", "on"))

    def _of(self, element: Attributes) -> tuple[Attributes, list[tuple[str, str]]] | None:
        return self._forms[element["form"]] if "form" in element else self._form

    def _field(self, element: Attributes, value: str) -> None:
        form = self._of(element)
        if form and element.get("name"):
            form[1].append((element["name"], value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag in self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if "script" not in self._open:
            self.text = " ".join(f"{self.text} {data}".split())
        if "button" in self._open and self.buttons:
            self.buttons[-1].text += data
        if "a" in self._open:
            href, before = self.links[-1]
            self.links[-1] = (href, " ".join(f"{before} {data}".split()))

    def button(self, text: str) -> Button:
        """The first button with this text."""
        return next(b for b in self.buttons if " ".join(b.text.split()) == text)


@dataclass
class Visitor:
    """Goes from page to page; `page` is the one that is shown."""

    http: httpx.AsyncClient
    page: Page = field(default_factory=lambda: Page(0, ""))
    path: str = ""

    async def open(self, path: str, **headers: str) -> Page:
        """Type an address."""
        answer = await self.http.get(path, headers=headers, follow_redirects=True)
        return self._shown(answer)

    async def press(self, text: str, without: str = "", **typed: str) -> Page:
        """Fill in fields of the form with this button and send it; `without` is not ticked."""
        button = self.page.button(text)
        pairs = [(n, typed.pop(n, v)) for n, v in button.fields if v != without or not v]
        pairs += typed.items()
        name = button.attributes.get("name")
        pairs += [(name, button.attributes.get("value", ""))] if name else []
        action = button.attributes.get("formaction") or button.form["action"]
        if button.form.get("enctype") == "multipart/form-data":
            return await self.upload(action, pairs)
        return await self.send(action, pairs)

    async def upload(
        self, action: str, pairs: list[tuple[str, str]], *, name: str = "", file: bytes = b""
    ) -> Page:
        """Send a form that may carry a file as a browser does."""
        edge = b"--edge"
        told = [
            (b'"%s"' % field.encode(), value.encode()) for field, value in pairs if field != "file"
        ]
        told.append((b'"file"; filename="%s"\r\nContent-Type: text/csv' % name.encode(), file))
        parts = [
            b"%s\r\nContent-Disposition: form-data; name=%s\r\n\r\n%s\r\n" % (edge, head, content)
            for head, content in told
        ]
        answer = await self.http.post(
            action,
            content=b"".join([*parts, edge, b"--\r\n"]),
            headers={"content-type": "multipart/form-data; boundary=edge"},
            follow_redirects=True,
        )
        return self._shown(answer)

    async def send(self, action: str, pairs: list[tuple[str, str]], **headers: str) -> Page:
        """Send a form as a browser does."""
        sent = {"content-type": "application/x-www-form-urlencoded", **headers}
        answer = await self.http.post(
            action, content=urlencode(pairs), headers=sent, follow_redirects=True
        )
        return self._shown(answer)

    def _shown(self, answer: httpx.Response) -> Page:
        assert answer.headers["content-type"].startswith("text/html"), answer.text
        self.page, self.path = Page(answer.status_code, answer.text), answer.url.path
        return self.page
