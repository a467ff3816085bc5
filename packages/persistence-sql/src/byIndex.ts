/**
 * A condition for statements that are prepared and find few jobs by an index. It is always true, and costs almost nothing. But the
 * planner adds the costs of the branch that never runs to each job that it would read, so it prefers an index as soon as there
 * are two jobs. Without it a plan that was made for a table of a few jobs reads the whole table, and connections keep it while
 * thousands of jobs are added, until the table is analyzed again.
 */
export const byIndex = `CASE WHEN job.revision < 0
    THEN (SELECT count(*) FROM generate_series(1, 700) WHERE job.revision < 0) > 0 ELSE true END`
