/// The names by which Dynamics knows forms and views, all in one place.
///
/// They come from the pages "systemform EntityType", "savedquery EntityType", "Form XML reference" and "Customize views", and from public
/// tools that write forms; none of them was tried against a live environment, so they are assumptions. A wrong one is refused by Dynamics
/// when a form is written, and told with its answer: nothing else of an installation depends on it.
enum FormNames {
    static let forms = "systemforms"
    static let views = "savedqueries"
    /// `type` of a main form.
    static let mainForm = 2
    /// `querytype` of a public view.
    static let publicView = 0
    /// `componentstate` of a row that was changed and not yet published.
    static let unpublished = 1
    /// Bound to either set, answers the rows as they would be after publishing.
    static let unpublishedRows = "Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
}

/// How a form shows a column.
package enum FormControl: String, Sendable, Hashable, CaseIterable {
    case text, email, url, memo, whole, flag, choice, lookup

    init(_ type: ColumnType) {
        self =
            switch type {
            case .text(_, .plain): .text
            case .text(_, .email): .email
            case .text(_, .url): .url
            case .memo: .memo
            case .whole: .whole
            case .flag: .flag
            case .choice: .choice
            }
    }

    /// `classid` of the control.
    var classID: String {
        switch self {
        case .text: "{4273EDBD-AC1D-40d3-9FB2-095C621B552D}"
        case .email: "{ADA2203E-B4CD-49be-9DDF-234642B43B52}"
        case .url: "{71716B6C-711E-476c-8AB8-5D11542BFB47}"
        case .memo: "{E0DECE4B-6FC8-4a8f-A065-082708572369}"
        case .whole: "{C6D124CA-7EDA-4a60-AEA9-7FB8D318B68F}"
        case .flag: "{67FAC785-CD58-4f9f-ABB3-4B7DDC6ED5ED}"
        case .choice: "{3EF39988-22BB-4f0b-BBBE-64B5A3748AEE}"
        case .lookup: "{270BD3DB-D9AF-4782-9025-509E298DEC0A}"
        }
    }

    /// `AttributeType` of the columns it is for.
    var attributeType: String {
        switch self {
        case .text, .email, .url: "String"
        case .memo: "Memo"
        case .whole: "Integer"
        case .flag: "Boolean"
        case .choice: "Picklist"
        case .lookup: "Lookup"
        }
    }
}
