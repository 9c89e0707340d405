import Jobs
package import Postgres
package import Privacy

/// Keeps a number from slipping in while it is being erased.
///
/// Who brings numbers in asks for the tenant's erasure version once more, last of all in its transaction: when it is another than the one the
/// numbers were compared under, the transaction is rolled back. An erasure waits for every transaction that was writing when it set its
/// tombstones, so each either saw them or is seen by the erasure.
package enum ErasureFence {
    package static func request(_ tenant: Int32) -> Request { Request(ErasedNumberStore.version, [tenant]) }

    /// - Throws: `JobFailure` that counts as no attempt, when numbers were erased meanwhile.
    package static func check(_ answer: Rows, _ erasures: TenantErasures) throws {
        guard try answer.first?[0].decode(Int32.self) == erasures.version else {
            throw JobFailure(
                code: "erased_meanwhile", message: "numbers were erased while others were brought in; it is done again",
                countsAttempt: false)
        }
    }
}
