"""Addresses of the rules: the register, one rule, the partnership's own and what it decides."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import own_rules, rules

urlpatterns = [
    path("rules", rules.rules, name="rules"),
    path("rules/rows", rules.practice_rows, name="rule_rows"),
    path("rules/own", own_rules.own, name="own_rules"),
    path("rules/own/new", own_rules.new, name="own_rule_new"),
    path("rules/own/<int:number>", own_rules.text, name="own_rule"),
    path("rules/own/<int:number>/try", own_rules.try_out, name="own_rule_try"),
    path("rules/own/<int:number>/trial", own_rules.trial, name="own_rule_trial"),
    path("rules/own/<int:number>/on", own_rules.switch_on, name="own_rule_on"),
    path("rules/<slug:duty_id>", rules.rule, name="rule"),
    path("rules/<slug:duty_id>/work", rules.work, name="rule_work"),
    path("rules/<slug:duty_id>/<slug:what>", rules.decide, name="rule_decide"),
]
