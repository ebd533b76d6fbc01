from django.urls import path

from throughline.web.casework.views import child

urlpatterns = [
    path("children/<uuid:child_id>/", child.child, name="child"),
    path("children/<uuid:child_id>/<slug:tab>", child.child, name="child_tab"),
]
