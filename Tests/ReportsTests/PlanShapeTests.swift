import Plans
import Testing

@Suite struct PlanShapeTests {
    struct Plan: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var reads: [String]
    }

    static let plans: [Plan] = [
        Plan(
            testDescription: "a table from end to end, and a range of an index",
            text: """
                Hash Join  (cost=1.18..8.20 rows=4 width=8)
                  Hash Cond: (t.tenant_id = i.tenant_id)
                  ->  Parallel Seq Scan on call_tally t  (cost=0.00..1.00 rows=9 width=4)
                        Filter: (calls > 0)
                  ->  Hash  (cost=1.00..1.00 rows=1 width=4)
                        ->  Index Only Scan Backward using call_intake_pkey on call_intake i  (cost=0.15..8.17 rows=1 width=4)
                              Index Cond: ((tenant_id = t.tenant_id) AND (call_day >= (((now() - '14 days'::interval) AT TIME ZONE 'UTC'::text))::date))
                """, reads: ["call_intake on call_day, tenant_id", "call_tally from end to end"]),
        Plan(
            testDescription: "an index that nothing narrows down",
            text: "  ->  Index Scan using call_pkey on call c\n        Filter: (state = 'dead'::text)",
            reads: ["call by call_pkey, unbounded"]),
        Plan(
            testDescription: "bitmaps of the table above them",
            text: """
                Bitmap Heap Scan on callback c
                  Recheck Cond: ((callback_day > CURRENT_DATE) OR (due_at < now()))
                  ->  BitmapOr
                        ->  Bitmap Index Scan on callback_by_day
                              Index Cond: (callback_day > CURRENT_DATE)
                        ->  Bitmap Index Scan on callback_open
                """, reads: ["callback by callback_open, unbounded", "callback on callback_day"]),
        Plan(
            testDescription: "partitions as one, by a row of columns",
            text: """
                Append
                  ->  Index Scan using job_done_20261128_finished_at_idx on job_done_20261128 d_1
                        Index Cond: ((finished_at IS NOT NULL) AND (ROW(finished_at, id) < ROW($1, $2)))
                  ->  Index Scan using job_done_20261129_finished_at_idx on job_done_20261129 d_2
                        Index Cond: ((finished_at IS NOT NULL) AND (ROW(finished_at, id) < ROW($1, $2)))
                  ->  Seq Scan on job_done_default d_3
                """, reads: ["job_done from end to end", "job_done on finished_at, id"]),
        Plan(
            testDescription: "functions and values read no table", text: "Function Scan on generate_series hours\n  ->  Result",
            reads: []),
    ]

    @Test(arguments: plans) func `tells tables and the way into them`(plan: Plan) {
        #expect(PlanShape(text: plan.text).reads.map(\.description) == plan.reads)
    }
}
