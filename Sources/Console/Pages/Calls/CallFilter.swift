import Foundation
import Model
import PhoneNumbers

/// Which calls are looked for, as the address says.
struct CallFilter: Sendable {
    static let names = ["tenant", "q", "person", "day", "state"]

    /// A number or an id, as typed.
    let subject: String
    let person: String?
    /// `2026-03-02`, in UTC.
    let day: String?
    let state: String?
    /// How the numbers of the tenant that is looked at are read.
    var numbers = NumberReader(region: nil)

    init(_ query: Query) {
        subject = query["q"] ?? ""
        person = query["person"]
        day = query["day"].flatMap { $0.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) == nil ? nil : $0 }
        state = query.choice("state", of: CallState.allCases.map(\.rawValue))
    }

    var id: UUID? { UUID(uuidString: subject) }

    /// In E.164 where it can be read so.
    var number: String? { subject.isEmpty || id != nil ? nil : numbers.current(subject) }

    /// The other party's number is found over all days; everything else in those of one day.
    var isOverAllDays: Bool { day == nil && number.map { PhoneNumber($0).e164 != nil } == true }
}
