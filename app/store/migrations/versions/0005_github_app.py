"""Who refreshes a token, and who goes through a delivery log"""

from alembic import op
import sqlalchemy as sa

import app.store.tables


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('platform_tokens', sa.Column('busy_until', app.store.tables.Moment(timezone=True), nullable=True))
    op.add_column('servers', sa.Column('looked_at', app.store.tables.Moment(timezone=True), nullable=True))
    op.add_column('servers', sa.Column('busy_until', app.store.tables.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('servers', 'busy_until')
    op.drop_column('servers', 'looked_at')
    op.drop_column('platform_tokens', 'busy_until')
