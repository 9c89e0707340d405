public import FoundationEssentials

/// The tenant's own people and numbers, ready to be asked.
///
/// An Enreach id or a mobile number that two people carry belongs to nobody: guessing would give calls to the wrong one.
public struct People: Sendable {
    public let version: Int32
    private let byEnreachID: [UUID: Person]
    private let bySystemUserID: [UUID: Person]
    private let byMobile: [String: Person]
    private let ownNumbers: Set<String>
    private let queueNames: [UUID: String]

    /// - Parameters:
    ///   - ownNumbers: numbers of users and queues in E.164.
    ///   - queueNames: names of queues by their id in Enreach.
    public init(_ people: [Person], ownNumbers: some Sequence<String>, queueNames: [UUID: String] = [:], version: Int32 = 0) {
        self.version = version
        self.queueNames = queueNames
        let active = people.filter { !$0.isDisabled }
        byEnreachID = Self.unambiguous(active) { $0.enreachUserID }
        byMobile = Self.unambiguous(active) { $0.mobile.e164 }
        bySystemUserID = Dictionary(people.map { ($0.systemUserID, $0) }) { first, _ in first }
        self.ownNumbers = Set(ownNumbers).union(active.compactMap(\.mobile.e164))
    }

    public static let nobody = People([], ownNumbers: [])

    public func person(enreachID: UUID) -> Person? { byEnreachID[enreachID] }
    public func person(mobile: PhoneNumber) -> Person? { mobile.e164.flatMap { byMobile[$0] } }
    public func person(systemUserID: UUID) -> Person? { bySystemUserID[systemUserID] }
    public func queueName(_ id: UUID) -> String? { queueNames[id] }

    /// Whether the number belongs to the organisation itself: a user's, a queue's, a colleague's mobile, or an extension.
    public func isOwn(_ number: PhoneNumber) -> Bool {
        if number.kind == .short { return true }
        return number.e164.map(ownNumbers.contains) ?? false
    }

    private static func unambiguous<Key: Hashable>(_ people: [Person], _ key: (Person) -> Key?) -> [Key: Person] {
        var found: [Key: Person] = [:]
        var twice: Set<Key> = []
        for person in people {
            guard let key = key(person) else { continue }
            if found.updateValue(person, forKey: key) != nil { twice.insert(key) }
        }
        for key in twice { found[key] = nil }
        return found
    }
}
