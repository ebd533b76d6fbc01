from django.urls import path

from throughline.web.child import views, views_access, views_disputes, views_notices

urlpatterns = [
    path("privacy", views_notices.privacy, name="privacy"),
    path("privacy/<slug:audience>", views_notices.notice, name="privacy_notice"),
    path("children/<uuid:child_id>/copy", views.copy, name="child_copy"),
    path("children/<uuid:child_id>/copy/parent", views.parents_copy, name="parents_copy"),
    path("children/<uuid:child_id>/asked", views_access.requests, name="access_requests"),
    path("children/<uuid:child_id>/asked/new", views_access.ask, name="access_ask"),
    path("children/<uuid:child_id>/not-right", views_disputes.dispute, name="dispute"),
    path("children/<uuid:child_id>/not-right/answer", views_disputes.answer, name="dispute_answer"),
    path("rights", views_access.rights, name="rights"),
    path("asked/<int:number>", views_access.access, name="access"),
    path("asked/<int:number>/collect", views_access.collect, name="access_collect"),
    path("asked/<int:number>/step", views_access.step, name="access_step"),
    path("asked/<int:number>/items", views_access.items, name="access_items"),
    path("asked/<int:number>/make", views_access.make, name="access_make"),
    path("asked/<int:number>/copy", views_access.download, name="access_copy"),
    path("asked/<int:number>/hand-over", views_access.hand_over, name="access_hand_over"),
    path("asked/<int:number>/close", views_access.close, name="access_close"),
]
