import FoundationEssentials
import Model

extension ProfileSituation {
    /// Why requests that are to be written have to wait.
    enum Obstacle: Sendable, Hashable {
        /// The profile was not looked at since it changed.
        case unchecked
        /// What is wrong, as a code: of ``CallbackProblem``, or one of the two below.
        case problem(String)

        /// As ``unchecked``, and nobody has looked for long.
        static let longUnchecked = Obstacle.problem("unchecked")
        /// An earlier request of the same list and number waits and has to be written first.
        static let earlierWaits = Obstacle.problem("earlier_waits")
    }

    /// Nil: the list's requests can be decided about now.
    func obstacle(list: UUID) -> Obstacle? {
        guard let profile = profiles.profile(list: list) else {
            // A profile that is in trouble by itself may be put right.
            return profiles.problem(list: list).map { .problem($0.code) }
        }
        return works(profile) ? nil : found[profile.id].map { .problem($0) } ?? .unchecked
    }
}
