"""The tokens of a statement as AWS's published parser sees them: what it calls each, and which words are one to it.

Source: the lexer of partiql/partiql-lang-kotlin.
"""

from typing import Final, NamedTuple

from sandbox.dynamodb.partiql.tokens import Token, TokenKind, Tokens

__all__ = ["END", "Word", "words_of"]

_OPERATOR_WORDS: Final = frozenset({"and", "or", "not", "is", "in", "between", "like", "union", "except", "intersect"})
_OPERATORS: Final = frozenset({"+", "-", "/", "%", "=", "<", ">", "<=", ">=", "<>", "!=", "||"})
_TYPES: Final = {
    "(": "LEFT_PAREN",
    ")": "RIGHT_PAREN",
    "[": "LEFT_BRACKET",
    "]": "RIGHT_BRACKET",
    "{": "LEFT_CURLY",
    "}": "RIGHT_CURLY",
    "<<": "LEFT_DOUBLE_ANGLE_BRACKET",
    ">>": "RIGHT_DOUBLE_ANGLE_BRACKET",
    ",": "COMMA",
    ":": "COLON",
    ";": "SEMICOLON",
    ".": "DOT",
    "*": "STAR",
    "?": "QUESTION_MARK",
    "@": "OPERATOR",
}
_WORDS_OF_THEIR_OWN: Final = {
    "as": "AS",
    "at": "AT",
    "by": "BY",
    "asc": "ASC",
    "desc": "DESC",
    "for": "FOR",
    "null": "NULL",
    "missing": "MISSING",
    "true": "LITERAL",
    "false": "LITERAL",
}
_JOINED: Final = {
    ("not", "in"): "OPERATOR",
    ("not", "between"): "OPERATOR",
    ("not", "like"): "OPERATOR",
    ("is", "not"): "OPERATOR",
    ("union", "all"): "OPERATOR",
    ("except", "all"): "OPERATOR",
    ("intersect", "all"): "OPERATOR",
    ("insert", "into"): "KEYWORD",
    ("on", "conflict"): "KEYWORD",
    ("do", "nothing"): "KEYWORD",
    ("modified", "old"): "KEYWORD",
    ("modified", "new"): "KEYWORD",
    ("all", "old"): "KEYWORD",
    ("all", "new"): "KEYWORD",
    ("double", "precision"): "KEYWORD",
    ("character", "varying"): "KEYWORD",
    ("cross", "join"): "KEYWORD",
    ("inner", "join"): "KEYWORD",
    ("left", "join"): "KEYWORD",
    ("right", "join"): "KEYWORD",
    ("outer", "join"): "KEYWORD",
    ("full", "join"): "KEYWORD",
}
_WITH_TEXT: Final = frozenset({"OPERATOR", "KEYWORD", "AS", "AT", "NULL", "MISSING"})


class Word(NamedTuple):
    """One token.

    Attributes:
        text: in small letters, where that says what it is for.
        name: a name or literal as it was read, or a number as it was written; a symbol.
        at: its number among the tokens, or that of the first of two that are one.
        kind: what ``Token`` calls it.
    """

    type: str
    text: str
    name: str = ""
    at: int = 0
    kind: TokenKind = "symbol"


END: Final = Word("EOF", "", kind="end")


def words_of(tokens: Tokens) -> list[Word]:
    """Every token of a statement, and the end.

    Raises:
        ValidationException: there is something in it that is no token.
    """
    found: list[Word] = []
    at = 0
    while (token := tokens[at]).kind != "end":
        word = _word(token, at)
        type_ = _JOINED.get((found[-1].text, word.text)) if found else None
        if type_ is None:
            found.append(word)
        else:
            found[-1] = Word(type_, f"{found[-1].text}_{word.text}", at=found[-1].at)
        at += 1
    found.append(END)
    return found


def _word(token: Token, at: int) -> Word:
    text = token.text.lower()
    match token.kind:
        case "name":
            return Word("IDENTIFIER", "", token.text, at, token.kind)
        case "quoted":
            return Word("QUOTED_IDENTIFIER", "", token.text, at, token.kind)
        case "string" | "number" | "ion":
            return Word("LITERAL", "", token.text, at, token.kind)
        case "keyword":
            type_ = "OPERATOR" if text in _OPERATOR_WORDS else _WORDS_OF_THEIR_OWN.get(text, "KEYWORD")
        case _:
            type_ = "OPERATOR" if text in _OPERATORS else _TYPES[text]
    return Word(type_, text if type_ in _WITH_TEXT else "", text, at, token.kind)
