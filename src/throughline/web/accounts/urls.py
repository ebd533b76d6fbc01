"""Addresses of the door, and of the pages anyone may read."""

from __future__ import annotations

from django.urls import path

from throughline.web.accounts import views, views_own, views_steps

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-in/code", views_steps.code, name="sign_in_code"),
    path("sign-in/second-factor", views_steps.second, name="sign_in_second"),
    path("sign-in/with/<slug:provider>", views_steps.at_provider, name="sign_in_with"),
    path("sign-in/from/<slug:provider>", views_steps.from_provider, name="sign_in_from"),
    path("first-password/<str:secret>", views_steps.first_password_link, name="first_password_link"),
    path("first-password", views_steps.first_password, name="first_password"),
    path("your-sign-in", views_own.own_sign_in, name="own_sign_in"),
    path("your-sign-in/password", views_own.own_password, name="own_password"),
    path("your-sign-in/second-factor", views_own.own_second_factor, name="own_second_factor"),
    path("your-sign-in/second-factor/remove", views_own.own_second_factor_remove, name="own_second_factor_remove"),
    path("your-sign-in/recovery-codes", views_own.own_recovery_codes, name="own_recovery_codes"),
    path("your-sign-in/sessions/end", views_own.own_sessions_end, name="own_sessions_end"),
    path("your-sign-in/sessions/<int:number>/end", views_own.own_session_end, name="own_session_end"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("help", views.help_page, name="help"),
]
