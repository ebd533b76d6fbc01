"""Columns of lines are declared once, in `timeline.relations`; the site's tables follow."""

from __future__ import annotations

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import models

from throughline.timeline import relations
from throughline.web.casework.models import Event, Instance, Segment, SubjectEvent, SubjectInstance

TYPES = {
    "text": (models.CharField, models.TextField),
    "date": (models.DateField,),
    "timestamptz": (models.DateTimeField,),
    "integer": (models.IntegerField,),
    "boolean": (models.BooleanField,),
    "texts": (ArrayField,),
    "pairs": (models.JSONField,),
}
OUR_OWN = {
    Event: {"id", "child", "statement_id", "in_question", "joined_why", "telling", "on_day"},
    Segment: {"id", "child", "level", "tags"},
    Instance: {"id", "child", "learnt_on", "story", "level", "tags", "kinds", "told_to", "looms_on"},
    SubjectEvent: {"id", "about", "statement_id", "on_day"},
    SubjectInstance: {"id", "about", "learnt_on", "story", "level", "tags", "kinds", "told_to", "looms_on"},
}


@pytest.mark.parametrize(
    ("model", "relation"),
    [
        (Event, relations.EVENT),
        (Segment, relations.SEGMENT),
        (Instance, relations.INSTANCE),
        (SubjectEvent, relations.EVENT),
        (SubjectInstance, relations.INSTANCE),
    ],
    ids=lambda given: given.__name__ if isinstance(given, type) else "",
)
def test_a_table_has_the_columns_of_its_relation_and_what_the_walls_need(model, relation) -> None:
    fields = {field.name: field for field in model._meta.get_fields()}
    declared = {column.name: column for column in relation}
    assert set(fields) - set(declared) == OUR_OWN[model] - set(declared)
    for name, column in declared.items():
        field = fields[name]
        assert isinstance(field, TYPES[column.type]), name
        assert field.column == name
        assert column.nullable or not field.null, f"{name} may not be null"
