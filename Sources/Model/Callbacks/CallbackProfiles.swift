package import FoundationEssentials

/// All profiles of a tenant together: which of them holds which list.
package struct CallbackProfiles: Sendable, Hashable {
    /// By list: the one that takes the list's requests, as far as the profiles themselves tell.
    package let byList: [UUID: CallbackProfile]
    /// By profile: why it takes nothing in.
    package let problems: [UUID: CallbackProblem]
    package let all: [CallbackProfile]

    /// The older of two that claim a list holds it; one that is switched off or in trouble by itself claims nothing.
    package init(_ profiles: [CallbackProfile]) {
        var byList: [UUID: CallbackProfile] = [:]
        var problems: [UUID: CallbackProblem] = [:]
        for profile in profiles.sorted(by: { ($0.madeAt, $0.id.lowercase) < ($1.madeAt, $1.id.lowercase) })
        where profile.isEnabled {
            if let problem = profile.problem {
                problems[profile.id] = problem
            } else if let list = profile.listID, let holder = byList[list] {
                problems[profile.id] = .listClaimed(by: holder.name)
            } else if let list = profile.listID {
                byList[list] = profile
            }
        }
        self.byList = byList
        self.problems = problems
        all = profiles
    }

    package func profile(list: UUID) -> CallbackProfile? { byList[list] }

    /// Why a profile that names the list doesn't take its requests. Nil: there is none.
    package func problem(list: UUID) -> CallbackProblem? {
        all.lazy.filter { $0.listID == list }.compactMap { problems[$0.id] }.first
    }
}
