"""Keep, rename and drop the filters an officer has named."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from municipalities.models import User
from partnerships.models import SavedFilter

MOST = 12  # what stands in one row above the list, and is counted at each visit


@transaction.atomic
def save_filter(*, by: User, name: str, query: str) -> SavedFilter:
    """Keep a filter under a name of one's own choosing; a name in use, or one filter too many, is refused beside the name."""
    if not by.has_perm("partnerships.view_servicerequest"):
        raise PermissionDenied
    User.objects.select_for_update().get(pk=by.pk)  # two at once do not make one too many
    if SavedFilter.objects.filter(owner=by).count() >= MOST:
        raise ValidationError({"name": _("You have %(most)d saved filters already. Please delete one first.") % {"most": MOST}})
    return _kept(SavedFilter(owner=by, name=name.strip(), query=query))


@transaction.atomic
def rename_filter(saved: SavedFilter, *, by: User, name: str) -> SavedFilter:
    """Give one's own filter another name."""
    own = _own(saved, by)
    own.name = name.strip()
    return _kept(own)


@transaction.atomic
def delete_filter(saved: SavedFilter, *, by: User) -> None:
    """Drop one's own filter; the requests it found are untouched."""
    _own(saved, by).delete()


def _own(saved: SavedFilter, by: User) -> SavedFilter:
    own = SavedFilter.objects.visible_to(by).select_for_update().filter(pk=saved.pk).first()
    if own is None:
        raise PermissionDenied
    return own


def _kept(saved: SavedFilter) -> SavedFilter:
    """Check and write; a name that another tab took a moment ago is refused in the same words."""
    saved.full_clean(exclude=["owner"], validate_constraints=False)
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("You have a filter of this name already.")}) from error
    return saved
