/// <summary>The probe once more, as a method without a class or a namespace, that answers without a task.</summary>
public RuntimeOutput Main(RuntimeContext context) => new Probe(context).Act().GetAwaiter().GetResult();
