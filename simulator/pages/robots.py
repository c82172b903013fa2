"""What search engines may read: the library and the scenarios, not the runs (each is somebody's, and opening one
starts it).
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

TEXT = "User-agent: *\nDisallow: /runs/\nDisallow: /play/\nDisallow: /admin/\nDisallow: /sign-in/\n"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(TEXT, content_type="text/plain; charset=utf-8")
