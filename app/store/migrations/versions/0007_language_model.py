"""Where somebody agreed that a language model sees their words"""

from alembic import op
import sqlalchemy as sa


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('people', sa.Column('language_model_host', sa.String(length=253), nullable=True))


def downgrade() -> None:
    op.drop_column('people', 'language_model_host')
