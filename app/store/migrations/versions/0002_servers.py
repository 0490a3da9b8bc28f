"""Servers, nonces; people without an e-mail address"""

from alembic import op
import sqlalchemy as sa

import app.store.tables


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('nonces',
    sa.Column('nonce_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=260), nullable=False),
    sa.Column('expires_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('nonce_hash', name=op.f('pk_nonces'))
    )
    op.create_table('servers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('platform', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=253), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('username', sa.String(length=100), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('paths', sa.JSON(), nullable=False),
    sa.Column('networks', sa.JSON(), nullable=False),
    sa.Column('drafts_allowed', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('ssh', sa.String(length=260), server_default='', nullable=False),
    sa.Column('ssh_host_key', sa.Text(), server_default='', nullable=False),
    sa.Column('caught_up_to', app.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('connected_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_servers')),
    sa.UniqueConstraint('platform', 'name', name=op.f('uq_servers_platform_name'))
    )
    # SQLite makes the table anew; it has to be told again that ids are never reused.
    with op.batch_alter_table('people', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.alter_column('email',
               existing_type=sa.VARCHAR(length=254),
               nullable=True)



def downgrade() -> None:
    with op.batch_alter_table('people', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.alter_column('email',
               existing_type=sa.VARCHAR(length=254),
               nullable=False)

    op.drop_table('servers')
    op.drop_table('nonces')
