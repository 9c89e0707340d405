package import FoundationEssentials
package import Model
package import Tenants

/// What is known of the numbers of a batch of calls or callback requests.
package enum PartyKnowledge: Sendable {
    /// RegardingLookup is off.
    case off
    /// The directory is not complete yet: Dynamics is asked.
    case askDynamics
    case directory(DirectoryFindings, MatchPolicy)

    package var asksDynamics: Bool {
        if case .askDynamics = self { return true }
        return false
    }

    /// Who the other party is.
    ///
    /// - Parameters:
    ///   - agent: who owns the phone call; nil: nobody in particular.
    ///   - carriers: what Dynamics answered, if it was asked.
    ///   - people: whose own numbers match nobody.
    package func party(_ number: PhoneNumber, agent: UUID?, carriers: NumberCarriers, people: People) -> OtherParty {
        switch self {
        case .off: .notAsked
        case .askDynamics: OtherParty(asked: carriers.regarding(number, people: people))
        case .directory(let findings, let policy):
            OtherParty(policy.match(number, findings[number], agent: agent, people: people))
        }
    }
}

extension DirectoryLookup {
    /// Who carries the numbers, if the directory can tell.
    package func knowledge(of numbers: [PhoneNumber], _ tenant: TenantSituation) async throws -> PartyKnowledge {
        try await datedKnowledge(of: numbers, tenant).parties
    }

    /// The same, and the version of the directory before it was looked at, for ``DirectoryNews``. Nil: nothing is linked late, so it does not
    /// matter.
    package func datedKnowledge(
        of numbers: [PhoneNumber], _ tenant: TenantSituation
    ) async throws -> (parties: PartyKnowledge, version: Int64?) {
        guard tenant.settings.regardingLookup else { return (.off, nil) }
        let (isComplete, version) = try await state(tenant: tenant.id)
        let dated = tenant.settings.matchWindow > 0 ? version : nil
        guard isComplete else { return (.askDynamics, dated) }
        let policy = MatchPolicy(tenant.settings)
        return (.directory(try await find(numbers, tenant: tenant.id, policy: policy), policy), dated)
    }
}
