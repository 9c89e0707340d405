package import Foundation

/// What the packed facts refer to by place: the few segments, languages, people and queues that many numbers share.
package struct NumberWords: Sendable {
    /// Somebody with a number: a user of Dynamics, whose number may change, or just the number.
    package enum Person: Sendable, Hashable {
        case user(UUID)
        case number(E164)
    }

    /// Values by place, from 1; further values than there is room for count as none.
    package struct Places<Value: Hashable & Sendable>: Sendable {
        private(set) var values: [Value?] = [nil]
        private var places: [Value: UInt64] = [:]
        let most: Int
        /// Values that found no room.
        private(set) var refused = 0

        init(most: Int) { self.most = most }

        subscript(place: Int) -> Value? { values[place] }

        mutating func place(of value: Value?) -> UInt64 {
            guard let value else { return 0 }
            if let place = places[value] { return place }
            guard values.count <= most else {
                refused += 1
                return 0
            }
            let place = UInt64(values.count)
            values.append(value)
            places[value] = place
            return place
        }
    }

    var segments = Places<String>(most: 255)
    var languages = Places<String>(most: 63)
    var people = Places<Person>(most: 65_535)
    var queues = Places<E164>(most: 4095)
    /// Numbers of the people, by place; a user without a number has none.
    private var numbers: [E164?] = [nil]

    package init() {}

    /// Values for which there was no room: their callers are routed as if they had none.
    package var refused: Int { segments.refused + languages.refused + people.refused + queues.refused }

    func number(_ place: Int) -> E164? { place < numbers.count ? numbers[place] : nil }

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
}
