"""What a scene is a first of, and the major project or event that draws it along: lists are filtered by them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = ("firsts", "project_kind", "project")


def upgrade() -> None:
    with op.batch_alter_table("scene") as scene:
        for name in COLUMNS:
            scene.add_column(sa.Column(name, sa.String()))


def downgrade() -> None:
    with op.batch_alter_table("scene") as scene:
        for name in reversed(COLUMNS):
            scene.drop_column(name)
