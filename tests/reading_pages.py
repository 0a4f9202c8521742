"""A page as it is read: its words, without its marks."""

from html.parser import HTMLParser


class Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_data(self, data):
        self.found.append(data)

    def handle_starttag(self, _tag, attrs):
        self.found += [
            value
            for name, value in attrs
            if name in ("aria-label", "title", "alt") and value
        ]


def words(body):
    """Return what a page says: its text, and the attributes that are read aloud."""
    parser = Text()
    parser.feed(body)
    return " ".join(parser.found)
