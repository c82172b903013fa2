"""Every address of the site, one line each."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import path

from simulator.pages import (
    bench,
    health,
    help,
    inspector,
    library,
    play,
    robots,
    run,
    running,
    runs,
    scenario,
    sign_in,
    story_log,
    text_check,
)

urlpatterns = [
    path("", library.library, name="library"),
    path("scenarios/<slug:slug>/", scenario.scenario, name="scenario"),
    path("scenarios/<slug:slug>/download/", scenario.download, name="download"),
    path("play/<slug:slug>/", play.start, name="play"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<str:key>/", run.run_page, name="run"),
    path("runs/<str:key>/inspect/<str:identity>/", inspector.inspect, name="inspect"),
    path("runs/<str:key>/intervene/", inspector.intervene, name="intervene"),
    path("runs/<str:key>/control/", run.control, name="control"),
    path("runs/<str:key>/fork/", run.fork, name="fork"),
    path("runs/<str:key>/log/", story_log.log, name="log"),
    path("runs/<str:key>/journeys/<int:message>/", story_log.journey, name="journey"),
    path("bench/", bench.bench, name="bench"),
    path("check/scenario/", text_check.scenario, name="check-scenario"),
    path("check/<str:pattern>/<str:setting>/", text_check.setting, name="check-text"),
    path("help/", help.help_page, name="help"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(next_page="library"), name="sign-out"),
    path("robots.txt", robots.robots, name="robots"),
    path("healthz", health.healthz),
    path("admin/running/", running.running, name="running"),
    path("admin/running/<str:key>/stop/", running.stop, name="stop"),
    path("admin/", admin.site.urls),
]
