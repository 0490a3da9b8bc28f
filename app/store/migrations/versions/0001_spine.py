"""People, access, comments, suggestions, upkeep"""

from alembic import op
import sqlalchemy as sa

import app.store.tables
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

def upgrade() -> None:
    op.create_table('executors',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('beat_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_executors'))
    )
    op.create_table('feedback',
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('label', sa.String(length=30), nullable=False),
    sa.Column('band', sa.String(length=10), nullable=False),
    sa.Column('answer', sa.String(length=10), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'label', 'band', 'answer', name=op.f('pk_feedback'))
    )
    op.create_table('feedback_contexts',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_feedback_contexts'))
    )
    with op.batch_alter_table('feedback_contexts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feedback_contexts_at'), ['at'], unique=False)

    op.create_table('installations',
    sa.Column('platform', sa.String(length=20), nullable=False),
    sa.Column('server', sa.String(length=253), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('changed_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('platform', 'server', 'number', name=op.f('pk_installations'))
    )
    op.create_table('meta',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_meta'))
    )
    op.create_table('people',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('is_admin', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('created_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('signed_in_at', app.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('opted_in_at', app.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('timezone', sa.String(length=64), server_default='UTC', nullable=False),
    sa.Column('norms_off', sa.JSON(), nullable=False),
    sa.Column('daily_budget', sa.Integer(), server_default='3', nullable=False),
    sa.Column('weekly_budget', sa.Integer(), server_default='10', nullable=False),
    sa.Column('quiet_from', sa.String(length=5), nullable=True),
    sa.Column('quiet_until', sa.String(length=5), nullable=True),
    sa.Column('snoozed_until', app.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('email_on', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('chat_sealed', sa.Text(), nullable=True),
    sa.Column('chat_confirmed_at', app.store.tables.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    sa.UniqueConstraint('email', name=op.f('uq_people_email')),
    sqlite_autoincrement=True
    )
    op.create_table('seen',
    sa.Column('delivery', sa.String(length=80), nullable=False),
    sa.Column('at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('delivery', name=op.f('pk_seen'))
    )
    with op.batch_alter_table('seen', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seen_at'), ['at'], unique=False)

    op.create_table('accounts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('platform', sa.String(length=20), nullable=False),
    sa.Column('server', sa.String(length=253), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('login', sa.String(length=100), server_default='', nullable=False),
    sa.Column('proposed_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('confirmed_at', app.store.tables.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_accounts_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('person_id', 'platform', 'server', 'number', name=op.f('uq_accounts_person_id_platform_server_number')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accounts_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_accounts_confirmed', ['platform', 'server', 'number'], unique=True, sqlite_where=sa.text('confirmed_at IS NOT NULL'), postgresql_where=sa.text('confirmed_at IS NOT NULL'))

    op.create_table('client_tokens',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('created_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('last_used_on', sa.String(length=10), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_client_tokens_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_client_tokens')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_client_tokens_token_hash')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('client_tokens', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_client_tokens_person_id'), ['person_id'], unique=False)

    op.create_table('codes',
    sa.Column('handle', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('expires_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_codes_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('handle', name=op.f('pk_codes'))
    )
    with op.batch_alter_table('codes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_codes_person_id'), ['person_id'], unique=False)

    op.create_table('comments',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('platform', sa.String(length=20), nullable=False),
    sa.Column('server', sa.String(length=253), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('project', sa.String(length=300), nullable=False),
    sa.Column('thread', sa.String(length=400), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('published', sa.Boolean(), nullable=False),
    sa.Column('written_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('event_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('received_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=True),
    sa.Column('gone_at', app.store.tables.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_comments_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comments')),
    sa.UniqueConstraint('platform', 'server', 'kind', 'key', name=op.f('uq_comments_platform_server_kind_key')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comments_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_comments_received_at'), ['received_at'], unique=False)

    op.create_table('links',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('expires_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_links_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_links'))
    )
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_links_person_id'), ['person_id'], unique=False)

    op.create_table('sessions',
    sa.Column('id_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('expires_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_sessions_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id_hash', name=op.f('pk_sessions'))
    )
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sessions_person_id'), ['person_id'], unique=False)

    op.create_table('decisions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('comment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=30), nullable=True),
    sa.Column('label', sa.String(length=30), nullable=True),
    sa.Column('p', sa.Float(), nullable=True),
    sa.Column('threshold', sa.Float(), nullable=True),
    sa.Column('norms_version', sa.String(length=16), nullable=False),
    sa.Column('decided_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_decisions_comment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_decisions_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decisions')),
    sa.UniqueConstraint('comment_id', 'digest', name=op.f('uq_decisions_comment_id_digest'))
    )
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.create_index('ix_decisions_person_decided', ['person_id', 'decided_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_decisions_person_id'), ['person_id'], unique=False)

    op.create_table('judgements',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('comment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('model', sa.String(length=80), nullable=False),
    sa.Column('known_language', sa.Boolean(), nullable=False),
    sa.Column('concerns', sa.JSON(), nullable=False),
    sa.Column('strengths', sa.JSON(), nullable=False),
    sa.Column('spans', sa.JSON(), nullable=False),
    sa.Column('judged_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_judgements_comment_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judgements')),
    sa.UniqueConstraint('comment_id', 'digest', name=op.f('uq_judgements_comment_id_digest'))
    )
    with op.batch_alter_table('judgements', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_judgements_judged_at'), ['judged_at'], unique=False)

    op.create_table('platform_tokens',
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('expires_at', app.store.tables.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_platform_tokens_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_platform_tokens'))
    )
    op.create_table('suggestions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('comment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(length=30), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=True),
    sa.Column('created_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('withdrawn_at', app.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=10), nullable=True),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_suggestions_comment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_suggestions_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suggestions')),
    sa.UniqueConstraint('comment_id', 'digest', name=op.f('uq_suggestions_comment_id_digest')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('suggestions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_suggestions_person_id'), ['person_id'], unique=False)

    op.create_table('deliveries',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('suggestion_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('detail', sa.String(length=200), server_default='', nullable=False),
    sa.Column('changed_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestions.id'], name=op.f('fk_deliveries_suggestion_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('suggestion_id', 'channel', name=op.f('uq_deliveries_suggestion_id_channel'))
    )

def downgrade() -> None:
    op.drop_table('deliveries')
    with op.batch_alter_table('suggestions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_suggestions_person_id'))

    op.drop_table('suggestions')
    op.drop_table('platform_tokens')
    with op.batch_alter_table('judgements', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_judgements_judged_at'))

    op.drop_table('judgements')
    with op.batch_alter_table('decisions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decisions_person_id'))
        batch_op.drop_index('ix_decisions_person_decided')

    op.drop_table('decisions')
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sessions_person_id'))

    op.drop_table('sessions')
    with op.batch_alter_table('links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_links_person_id'))

    op.drop_table('links')
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_comments_received_at'))
        batch_op.drop_index(batch_op.f('ix_comments_person_id'))

    op.drop_table('comments')
    with op.batch_alter_table('codes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_codes_person_id'))

    op.drop_table('codes')
    with op.batch_alter_table('client_tokens', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_client_tokens_person_id'))

    op.drop_table('client_tokens')
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_index('uq_accounts_confirmed', sqlite_where=sa.text('confirmed_at IS NOT NULL'), postgresql_where=sa.text('confirmed_at IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_accounts_person_id'))

    op.drop_table('accounts')
    with op.batch_alter_table('seen', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_seen_at'))

    op.drop_table('seen')
    op.drop_table('people')
    op.drop_table('meta')
    op.drop_table('installations')
    with op.batch_alter_table('feedback_contexts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feedback_contexts_at'))

    op.drop_table('feedback_contexts')
    op.drop_table('feedback')
    op.drop_table('executors')
