"""Pending reviews: when somebody's are asked for next, and which process has that in hand"""

from alembic import op
import sqlalchemy as sa

import app.store.tables


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('rounds',
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('platform', sa.String(length=20), nullable=False),
    sa.Column('due_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('leased_until', app.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('active_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('failures', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['platform_tokens.account_id'], name=op.f('fk_rounds_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_rounds'))
    )
    with op.batch_alter_table('rounds', schema=None) as batch_op:
        batch_op.create_index('ix_rounds_platform_due', ['platform', 'due_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('rounds', schema=None) as batch_op:
        batch_op.drop_index('ix_rounds_platform_due')

    op.drop_table('rounds')
