"""When a platform refused a token that was kept for an account"""

from alembic import op
import sqlalchemy as sa

import app.store.tables


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('accounts', sa.Column('token_ended_at', app.store.tables.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('accounts', 'token_ended_at')
