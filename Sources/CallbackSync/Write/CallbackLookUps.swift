import Directory
import Dynamics
import FoundationEssentials
import Model
import Tenants

/// What a round has to know of Dynamics before it writes, asked in one request: which phone calls are open and, as long as the directory is
/// not complete, who carries the numbers.
struct CallbackLookUps: Sendable {
    let records: RecordStates
    private(set) var carriers = NumberCarriers()
    /// Who carries the numbers could not be read.
    private(set) var carriersFailure: DynamicsOutcome?

    /// - Parameter numbers: of which Dynamics is asked who carries them.
    static func read(
        records ids: Set<UUID>, numbers: [PhoneNumber], _ tenant: TenantSituation, from dynamics: DynamicsClient
    ) async throws -> CallbackLookUps {
        let states = RecordStates.questions(ids)
        let carriers = NumberCarriers.questions(numbers, tenant.settings, people: tenant.people)
        let operations = states + carriers.map { .get($0.query) }
        let answers = operations.isEmpty ? [] : try await dynamics.batch(operations, lane: .callback)
        var lookUps = CallbackLookUps(records: RecordStates(of: ids, answers: answers.prefix(states.count)))
        for (question, answer) in zip(carriers, answers.dropFirst(states.count)) {
            if let rows = answer.rows {
                lookUps.carriers.take(rows, of: question.table, tenant.settings)
            } else {
                lookUps.carriersFailure = answer.readFailure
            }
        }
        return lookUps
    }
}
