package import Foundation

/// What the packed facts refer to by place: the segments, languages, people and queues that many numbers share, and in which combinations.
package struct NumberWords: Sendable {
    /// Somebody with a number: a user of Dynamics, whose number may change, or just the number.
    package enum Person: Sendable, Hashable {
        case user(UUID)
        case number(E164)
    }

    /// What a number is said to have besides its flags and its last talk; by places. There are many more numbers than these.
    struct Profile: Sendable, Hashable {
        var segment: UInt32
        var language: UInt32
        var owner: UInt32
        var queue: UInt32

        static let none = Profile(segment: 0, language: 0, owner: 0, queue: 0)
    }

    /// Values by place; the first is none.
    struct Places<Value: Hashable & Sendable>: Sendable {
        private(set) var values: [Value?] = [nil]
        private var places: [Value: UInt32] = [:]
        /// Places there can be, besides none.
        let most: Int

        init(most: Int) { self.most = most }

        subscript(place: Int) -> Value? { values[place] }

        /// - Throws: ``NumberTableError`` when there is no place left; nothing is ever left out silently.
        mutating func place(of value: Value?) throws(NumberTableError) -> UInt32 {
            guard let value else { return 0 }
            if let place = places[value] { return place }
            guard values.count <= most else { throw NumberTableError(words: most) }
            let place = UInt32(values.count)
            values.append(value)
            places[value] = place
            return place
        }

        /// Bytes of memory, texts excepted.
        var bytes: Int {
            values.capacity * MemoryLayout<Value?>.stride + places.capacity
                * (MemoryLayout<Value>.stride + MemoryLayout<UInt32>.stride) * 4 / 3
        }
    }

    var segments = Places<String>(most: PackedFacts.mostProfiles)
    var languages = Places<String>(most: PackedFacts.mostProfiles)
    var people = Places<Person>(most: PackedFacts.mostAgents)
    var queues = Places<E164>(most: PackedFacts.mostProfiles)
    var profiles = Places<Profile>(most: PackedFacts.mostProfiles)
    /// Numbers of the people, by place; a user without a number has none.
    private var numbers: [E164?] = [nil]

    package init() {}

    func number(_ place: Int) -> E164? { place < numbers.count ? numbers[place] : nil }

    /// The place of what facts say besides flags and the last talk.
    mutating func place(of facts: CallerFacts, owner: Person?) throws(NumberTableError) -> UInt32 {
        let profile = Profile(
            segment: try segments.place(of: facts.segment), language: try languages.place(of: facts.language),
            owner: try people.place(of: owner), queue: try queues.place(of: facts.queue))
        return profile == .none ? 0 : try profiles.place(of: profile)
    }

    /// Looks the people's numbers up anew.
    mutating func resolve(_ directory: [UUID: E164]) {
        numbers = people.values.map { person in
            switch person {
            case .user(let id): directory[id]
            case .number(let number): number
            case nil: nil
            }
        }
    }

    /// How many different things it holds.
    var count: Int {
        segments.values.count + languages.values.count + people.values.count + queues.values.count + profiles.values.count
    }

    /// Bytes of memory, texts excepted.
    var bytes: Int {
        segments.bytes + languages.bytes + people.bytes + queues.bytes + profiles.bytes + numbers.capacity
            * MemoryLayout<E164?>.stride
    }
}
