"""Hostile expressions: whatever the text, out comes a parsed expression or one of AWS's refusals, never a failure.

``SANDBOX_HOSTILE_EXPRESSIONS`` says how many texts to try; unset, a number that a test run has time for, always the
same ones. How long one may take is measured in ``benchmarks/expressions.py``.
Source: dynamodb-exact §9.2 to §9.4.
"""

import os
import re
from collections.abc import Callable
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.dynamodb.expressions import (
    InvalidExpression,
    InvalidUpdate,
    Placeholders,
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
)
from sandbox.values import Item
from tests.model.conditions import Texts
from tests.model.programs import Draw, new_tables

_ASKED = os.environ.get("SANDBOX_HOSTILE_EXPRESSIONS")
_TEXTS = int(_ASKED or 4_000)
_TEXTS_AT_ONCE = 10

_ITEM: Item = {"a": {"N": "1"}, "b": {"M": {"c": {"L": [{"S": "x"}]}}}, "list": {"L": []}, "tags": {"SS": ["x"]}}
_PIECES = """
a b c #n0 #n1 #n #  :v0 :v1 :v : year Size size( contains( attribute_exists( if_not_exists( list_append( attribute_type(
begins_with( unknown( ( ) (( )) , ,, = == <> < <= > >= + - * / AND OR NOT BETWEEN IN SET REMOVE ADD DELETE set and or
[0] [ ] [99999999999999999999] [-1] [:v0] . .. 5 0.1 ! @ $ % & | ; ' " ` ~ ^ { } \\ _ a_b 1a \u00e9 \u0000 \u00a0 \U0001f600 \ud800
""".split(" ")

_REFUSALS = re.compile(
    r"""
      Invalid\ (?:Update|Condition|Filter|KeyCondition|Projection)Expression:\ (?:
          The\ expression\ can\ not\ be\ empty;
        | Expression\ size\ has\ exceeded\ the\ maximum\ allowed\ size;
        | Syntax\ error;\ token:\ ".*",\ near:\ ".*"
        | The\ expression\ (?:contains\ too\ many\ operators;\ operator\ count:\ \d+|has\ redundant\ parentheses;)
        | The\ IN\ operator\ is\ provided\ with\ too\ many\ operands;\ number\ of\ operands:\ \d+
        | Attribute\ name\ is\ a\ reserved\ keyword;\ reserved\ keyword:\ \w+
        | An\ expression\ attribute\ (?:name|value)\ used\ in\ (?:the\ document\ path|expression)\ is\ not\ defined;\ attribute\ (?:name|value):\ [#:]\w+
        | Invalid\ function\ name;\ function:\ \w+
        | The\ function\ is\ not\ allowed\ .*;\ function:\ \w+
        | Incorrect\ number\ of\ operands\ for\ operator\ or\ function;\ operator\ or\ function:\ \S+,\ number\ of\ operands:\ \d+
        | Operator\ or\ function\ requires\ a\ document\ path;\ operator\ or\ function:\ \S+
        | Incorrect\ operand\ type\ for\ operator\ or\ function;\ operator(?:\ or\ function)?:\ \S+,\ operand\ type:\ (?:[A-Z]+|\{[A-Z,]+\})
            (?:,\ typeSet:\ ALLOWED_FOR_ADD_OPERAND)?
        | Invalid\ attribute\ type\ name\ found;\ type:\ .*,\ valid\ types:\ \{B,NULL,SS,BOOL,L,BS,N,NS,S,M\}
        | The\ first\ operand\ must\ be\ distinct\ from\ .*;\ operator:\ \S+,\ first\ operand:\ \[.*\]
        | The\ BETWEEN\ operator\ requires\ .*;\ lower\ bound\ operand:\ AttributeValue:\ .*,\ upper\ bound\ operand:\ .*
        | The\ "(?:SET|REMOVE|ADD|DELETE)"\ section\ can\ only\ be\ used\ once\ in\ an\ update\ expression;
        | Two\ document\ paths\ (?:overlap|conflict)\ with\ each\ other;\ .*;\ path\ one:\ \[.*\],\ path\ two:\ \[.*\]
        | List\ index\ is\ not\ within\ the\ allowable\ range;\ index:\ \[\d+\]
        | The\ document\ path\ has\ too\ many\ nesting\ levels;\ nesting\ levels:\ \d+
        | KeyConditionExpressions\ cannot\ have\ conditions\ on\ nested\ attributes
      )
    | Invalid\ operator\ used\ in\ KeyConditionExpression:\ \S+
    | KeyConditionExpressions\ (?:cannot\ contain\ nested\ operations|must\ only\ contain\ one\ condition\ per\ key)
    | Invalid\ condition\ in\ KeyConditionExpression:\ .*
    """,
    re.VERBOSE | re.DOTALL,
)


def _placeholders() -> Placeholders:
    return Placeholders({"#n0": "a", "#n1": "b"}, {":v0": {"N": "1"}, ":v1": {"S": "x"}, ":v": {"L": []}})


_READS: list[Callable[[str], object]] = [
    lambda text: parse_condition(text, _placeholders()).matches(_ITEM),
    lambda text: parse_condition(text, _placeholders(), kind="FilterExpression").matches(_ITEM),
    lambda text: parse_key_condition(text, _placeholders()),
    lambda text: parse_projection(text, _placeholders()).apply(_ITEM),
    lambda text: parse_update(text, _placeholders()).apply(_ITEM),
]


@settings(
    max_examples=max(1, _TEXTS // _TEXTS_AT_ONCE),
    derandomize=_ASKED is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.randoms(use_true_random=True))
def test_hostile_texts_are_refused_in_aws_words(random: Random) -> None:
    for _ in range(_TEXTS_AT_ONCE):
        text = _hostile(random)
        for read in _READS:
            try:
                read(text)
            except InvalidExpression as refusal:
                message = refusal.message
                assert _REFUSALS.fullmatch(message), (text, message)
            except InvalidUpdate:
                continue  # it was read, and does not fit the item


def _hostile(random: Random) -> str:
    """A text that may look like an expression: an honest one that was damaged, loose pieces, or anything at all."""
    match random.randrange(5):
        case 0:
            return " ".join(random.choice(_PIECES) for _ in range(random.randrange(40)))
        case 1:
            return "".join(chr(random.choice((random.randrange(128), random.randrange(0x3000)))) for _ in range(60))
        case 2:
            piece = random.choice(_PIECES) + random.choice(("", " "))
            return (piece * (4200 // max(1, len(piece))))[: random.randrange(4200)]
    draw = Draw(random)
    text = Texts().test(draw.test(4)) if random.randrange(2) else Texts().update(draw.actions(new_tables()[0]))
    for _ in range(random.randrange(4)):
        place = random.randrange(len(text) + 1)
        text = text[:place] + random.choice(_PIECES) + text[place + random.randrange(4) :]
    return text
