"""Keeping views of the runs; each person keeps and sees their own."""

from domain.errors import Invalid
from domain.ids import new_id
from domain.names import clean_name
from domain.scopes import Scope
from server.lifecycle.service import Actor, Service
from server.store import bookmarks
from server.store.bookmarks import Bookmark

MOST = 30
MAX_NAME = 60


async def list_bookmarks(service: Service, actor: Actor) -> list[Bookmark]:
    """This person's, by name."""
    actor.require(Scope.VIEWER)
    async with service.database.read() as tx:
        return await bookmarks.of_person(tx, tenant=actor.tenant, person=actor.name)


async def keep(service: Service, name: str, query: str, actor: Actor) -> Bookmark:
    """Keep a view; under a name that is there already it takes the place of the other.

    `Invalid` when it shows all runs, for a name of more than 60 characters, and beyond 30 views.
    """
    actor.require(Scope.VIEWER)
    cleaned = clean_name(name, "name")
    if len(cleaned) > MAX_NAME:
        raise Invalid(
            f"The name has {len(cleaned)} characters; {MAX_NAME} is the limit.",
            field="name",
            advice="Shorten it.",
        )
    if not query:
        raise Invalid(
            "This view shows all runs.", field="name", advice="Narrow it first, then save it."
        )
    async with service.database.write() as tx:
        await tx.exclusively("bookmarks", actor.tenant, actor.name)
        kept = await bookmarks.of_person(tx, tenant=actor.tenant, person=actor.name)
        earlier = next((one for one in kept if one.name == cleaned), None)
        if earlier is not None:
            changed = earlier._replace(query=query)
            await bookmarks.change(tx, changed)
            return changed
        if len(kept) >= MOST:
            raise Invalid(
                f"{MOST} views are kept already.", field="name", advice="Remove one of them first."
            )
        new = Bookmark(new_id("view"), cleaned, query)
        await bookmarks.add(tx, new, tenant=actor.tenant, person=actor.name)
        return new


async def drop(service: Service, bookmark_id: str, actor: Actor) -> None:
    """Keep it no longer; nothing happens to what is gone already or is somebody else's."""
    actor.require(Scope.VIEWER)
    async with service.database.write() as tx:
        await bookmarks.drop(tx, bookmark_id, tenant=actor.tenant, person=actor.name)
