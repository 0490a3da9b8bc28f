"""Projects: settings with versions, histories, tallies, releases, norms that a team owns; what people agree to"""

from alembic import op
import sqlalchemy as sa

import app.store.tables

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('projects',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('platform', sa.String(length=20), nullable=False),
    sa.Column('server', sa.String(length=253), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('created_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('shadow_since', app.store.tables.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_projects')),
    sa.UniqueConstraint('platform', 'server', 'name', name=op.f('uq_projects_platform_server_name')),
    sqlite_autoincrement=True
    )
    op.create_table('audit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('act', sa.String(length=300), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_audit_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index('ix_audit_project', ['project_id', 'id'], unique=False)

    op.create_table('answerers',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('quarter', sa.String(length=7), nullable=False),
    sa.Column('label', sa.String(length=30), nullable=False),
    sa.Column('band', sa.String(length=10), nullable=False),
    sa.Column('answer', sa.String(length=10), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_answerers'))
    )
    with op.batch_alter_table('answerers', schema=None) as batch_op:
        batch_op.create_index('ix_answerers_quarter', ['quarter', 'label', 'band'], unique=False)

    op.create_table('calibrations',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('label', sa.String(length=30), nullable=False),
    sa.Column('model', sa.String(length=80), nullable=False),
    sa.Column('p', sa.Float(), nullable=False),
    sa.Column('answer', sa.String(length=12), nullable=False),
    sa.Column('at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_calibrations_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calibrations'))
    )
    with op.batch_alter_table('calibrations', schema=None) as batch_op:
        batch_op.create_index('ix_calibrations_project_label', ['project_id', 'label'], unique=False)

    op.create_table('contributors',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('week', sa.String(length=10), nullable=False),
    sa.Column('contributor', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_contributors_project_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_contributors'))
    )
    with op.batch_alter_table('contributors', schema=None) as batch_op:
        batch_op.create_index('ix_contributors_project_week', ['project_id', 'week'], unique=False)

    op.create_table('effects',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('week', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('context', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(length=30), nullable=False),
    sa.Column('arm', sa.String(length=10), nullable=False),
    sa.Column('edited', sa.Boolean(), nullable=True),
    sa.Column('band_first', sa.String(length=10), nullable=False),
    sa.Column('band_published', sa.String(length=10), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_effects_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_effects_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_effects')),
    sa.UniqueConstraint('context', name=op.f('uq_effects_context'))
    )
    with op.batch_alter_table('effects', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_effects_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_effects_project_label', ['project_id', 'label'], unique=False)

    op.create_table('given',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('labels', sa.JSON(), nullable=False),
    sa.Column('licence', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('given_on', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_given_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_given')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('given', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_given_person_id'), ['person_id'], unique=False)

    op.create_table('histories',
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('week', sa.String(length=10), nullable=False),
    sa.Column('model', sa.String(length=80), nullable=False),
    sa.Column('norms_version', sa.String(length=16), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_histories_project_id'))
    )
    with op.batch_alter_table('histories', schema=None) as batch_op:
        batch_op.create_index('ix_histories_project_week', ['project_id', 'week'], unique=False)

    op.create_table('imports',
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('file_digest', sa.String(length=64), nullable=False),
    sa.Column('lines_done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_imports_project_id')),
    sa.PrimaryKeyConstraint('project_id', 'file_digest', name=op.f('pk_imports'))
    )
    op.create_table('maintainers',
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('named_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_maintainers_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_maintainers_project_id')),
    sa.PrimaryKeyConstraint('project_id', 'person_id', name=op.f('pk_maintainers'))
    )
    with op.batch_alter_table('maintainers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_maintainers_person_id'), ['person_id'], unique=False)

    op.create_table('my_weeks',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('week', sa.String(length=10), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('label', sa.String(length=30), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_my_weeks_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'week', 'kind', 'label', name=op.f('pk_my_weeks'))
    )
    with op.batch_alter_table('my_weeks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_my_weeks_person_id'), ['person_id'], unique=False)

    op.create_table('norm_versions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('toml', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('review_on', sa.String(length=10), nullable=True),
    sa.Column('reminded_at', app.store.tables.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_norm_versions_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_norm_versions')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('norm_versions', schema=None) as batch_op:
        batch_op.create_index('ix_norm_versions_project', ['project_id', 'id'], unique=False)

    op.create_table('project_versions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_project_versions_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_versions')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('project_versions', schema=None) as batch_op:
        batch_op.create_index('ix_project_versions_project', ['project_id', 'id'], unique=False)

    op.create_table('proposals',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('label', sa.String(length=30), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('anonymous', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('answered_at', app.store.tables.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_proposals_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_proposals_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposals')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('proposals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposals_person_id'), ['person_id'], unique=False)

    op.create_table('releases',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('period_start', sa.String(length=10), nullable=False),
    sa.Column('period_end', sa.String(length=10), nullable=False),
    sa.Column('epsilon', sa.Float(), nullable=False),
    sa.Column('delta', sa.Float(), server_default='0', nullable=False),
    sa.Column('k', sa.Integer(), nullable=False),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('made_at', app.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_releases_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_releases')),
    sa.UniqueConstraint('project_id', 'period_start', 'period_end', name=op.f('uq_releases_project_id_period_start_period_end')),
    sqlite_autoincrement=True
    )
    op.create_table('tallies',
    sa.Column('project_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('week', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('label', sa.String(length=30), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_tallies_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_tallies_project_id')),
    sa.PrimaryKeyConstraint('project_id', 'week', 'person_id', 'kind', 'label', name=op.f('pk_tallies'))
    )
    with op.batch_alter_table('tallies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tallies_person_id'), ['person_id'], unique=False)

    # Not as a batch: SQLite would make people anew, and what hangs on them would go with the old table.
    op.add_column('people', sa.Column('statistics_on', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('people', sa.Column('tuning_on', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('people', sa.Column('experiment_on', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('people', sa.Column('my_month_on', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    # Not as a batch: SQLite would make people anew, and what hangs on them would go with the old table.
    op.drop_column('people', 'my_month_on')
    op.drop_column('people', 'experiment_on')
    op.drop_column('people', 'tuning_on')
    op.drop_column('people', 'statistics_on')

    with op.batch_alter_table('tallies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tallies_person_id'))

    op.drop_table('tallies')
    op.drop_table('releases')
    with op.batch_alter_table('proposals', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposals_person_id'))

    op.drop_table('proposals')
    with op.batch_alter_table('project_versions', schema=None) as batch_op:
        batch_op.drop_index('ix_project_versions_project')

    op.drop_table('project_versions')
    with op.batch_alter_table('norm_versions', schema=None) as batch_op:
        batch_op.drop_index('ix_norm_versions_project')

    op.drop_table('norm_versions')
    with op.batch_alter_table('my_weeks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_my_weeks_person_id'))

    op.drop_table('my_weeks')
    with op.batch_alter_table('maintainers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_maintainers_person_id'))

    op.drop_table('maintainers')
    op.drop_table('imports')
    with op.batch_alter_table('histories', schema=None) as batch_op:
        batch_op.drop_index('ix_histories_project_week')

    op.drop_table('histories')
    with op.batch_alter_table('given', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_given_person_id'))

    op.drop_table('given')
    with op.batch_alter_table('effects', schema=None) as batch_op:
        batch_op.drop_index('ix_effects_project_label')
        batch_op.drop_index(batch_op.f('ix_effects_person_id'))

    op.drop_table('effects')
    with op.batch_alter_table('contributors', schema=None) as batch_op:
        batch_op.drop_index('ix_contributors_project_week')

    op.drop_table('contributors')
    with op.batch_alter_table('calibrations', schema=None) as batch_op:
        batch_op.drop_index('ix_calibrations_project_label')

    op.drop_table('calibrations')
    with op.batch_alter_table('answerers', schema=None) as batch_op:
        batch_op.drop_index('ix_answerers_quarter')

    op.drop_table('answerers')
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_project')

    op.drop_table('audit')
    op.drop_table('projects')
