from django.urls import path

from throughline.web.child import views

urlpatterns = [
    path("children/<uuid:child_id>/copy", views.copy, name="child_copy"),
]
