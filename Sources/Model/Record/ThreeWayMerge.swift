/// What to send for a record that stands in Dynamics already, so that nothing a human changed is overwritten.
///
/// Each field has three values: as the hub last wrote it (base), as it stands in Dynamics now (theirs), and as it should be by
/// what is known today (ours).
public struct ThreeWayMerge: Sendable, Hashable {
    /// To be sent.
    public private(set) var changes: [PhoneCallField: FieldValue] = [:]
    /// Wanted otherwise, but left as a human set them.
    public private(set) var keptForHuman: [PhoneCallField] = []
    /// What counts as last written once the changes are through.
    public private(set) var base: [PhoneCallField: String]

    /// - Parameters:
    ///   - base: comparable values as last written; a field that is missing was never written.
    ///   - theirs: comparable values as they stand; a field that is missing was not read and counts as untouched.
    ///   - ours: the record as it should be. A field that is missing from it is left alone.
    public init(base: [PhoneCallField: String], theirs: [PhoneCallField: String], ours: [PhoneCallField: FieldValue]) {
        self.base = base
        for (field, value) in ours.sorted(by: { $0.key < $1.key }) {
            let wanted = value.comparable
            let written = base[field] ?? ""
            guard wanted != written else { continue }
            let standing = theirs[field] ?? written
            if standing == wanted {
                self.base[field] = wanted
            } else if standing == written {
                changes[field] = value
                self.base[field] = wanted
            } else {
                keptForHuman.append(field)
            }
        }
    }

    /// Fields that stand otherwise than the hub wrote them.
    public static func touched(base: [PhoneCallField: String], theirs: [PhoneCallField: String]) -> [PhoneCallField] {
        theirs.filter { field, value in base[field].map { $0 != value } ?? false }.map(\.key).sorted()
    }
}
