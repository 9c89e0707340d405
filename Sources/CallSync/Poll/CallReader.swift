import Enreach
import FoundationEssentials
import Model
import Tenants

/// Reads users' and queues' calls of one window together.
struct CallReader: Sendable {
    struct Answer: Sendable {
        let calls: ReceivedCalls
        /// The vendor's clock when it answered.
        let serverTime: Date?
        let malformed: [MalformedElement]
    }

    let tenant: TenantConnection
    let queueTypes: QueueTypes

    init(_ situation: TenantSituation, _ connection: TenantConnection, intake: Intake) {
        tenant = connection
        queueTypes = QueueTypes(
            tenant: situation.id, connection: connection, database: intake.database, logger: intake.logger)
    }

    func modified(from: Date, to: Date) async throws -> Answer {
        async let events = tenant.enreach.calls(modifiedAfter: from, modifiedBefore: to)
        async let queues = tenant.enreach.serviceCalls(modifiedAfter: from, modifiedBefore: to)
        return try await answer(try await events, try await queues)
    }

    func started(from: Date, to: Date) async throws -> Answer {
        async let events = tenant.enreach.calls(startedAfter: from, startedBefore: to)
        async let queues = tenant.enreach.serviceCalls(startedAfter: from, startedBefore: to)
        return try await answer(try await events, try await queues)
    }

    /// All events of one call; of its queue's part, which can't be asked for by call, nothing.
    func call(_ id: UUID) async throws -> Answer {
        try await answer(try await tenant.enreach.call(id: id), Listing())
    }

    private func answer(_ events: Listing<CallEvent>, _ queues: Listing<ServiceCall>) async throws -> Answer {
        let types = try await queueTypes.types(of: Set(queues.compactMap(\.queueID)))
        return Answer(events, queues, queueTypes: types, tenant: tenant.name)
    }
}

extension CallReader.Answer {
    fileprivate init(
        _ events: Listing<CallEvent>, _ queues: Listing<ServiceCall>, queueTypes: [UUID: Int], tenant: String
    ) {
        malformed = events.malformed + queues.malformed
        calls = ReceivedCalls(
            events: events, serviceCalls: queues, queueTypes: queueTypes, malformed: malformed, tenant: tenant)
        // The earlier of the two: what the other request might have missed is asked for again.
        serverTime = [events.serverTime, queues.serverTime].compactMap(\.self).min()
    }

    /// Elements that can't be read may be a fault of the moment: the first attempts fail with them, a later one keeps them as dead calls.
    func throwIfMalformed(attempt: Int) throws {
        guard let first = malformed.first, attempt <= 2 else { return }
        throw EnreachError(
            .malformed, route: "GET calls", message: "\(malformed.count) elements can't be read, the first: \(first.reason)",
            bodyStart: first.raw.maskingNumbers)
    }
}
